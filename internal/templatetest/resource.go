package templatetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// Resolve returns what will exist under the values, by logical ID.
func Resolve(
	t *testing.T, c *generator.Component, values generator.Values,
) map[string]cfn.Resource {
	t.Helper()
	out, err := c.Template().Resolve(values)
	if err != nil {
		t.Fatal(err)
	}
	resources := map[string]cfn.Resource{}
	for _, r := range out.Resources {
		resources[r.ID] = r
	}
	return resources
}

// At returns a property by path, or nil: "ComputeResources.Subnets.0".
func At(r cfn.Resource, path string) any {
	var v any = r.Properties
	for step := range strings.SplitSeq(path, ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[step]
		case []any:
			v = node[step[0]-'0']
		default:
			return nil
		}
	}
	return v
}

// Properties compares properties with the wanted ones, by "Resource Path". Both
// are compared as fmt prints them.
func Properties(
	t *testing.T, name string, resources map[string]cfn.Resource, want map[string]any,
) {
	t.Helper()
	for place, want := range want {
		id, path, _ := strings.Cut(place, " ")
		r, exists := resources[id]
		if !exists {
			t.Errorf("%s: no %s", name, id)
		} else if got := At(r, path); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %s is %v, want %v", name, place, got, want)
		}
	}
}
