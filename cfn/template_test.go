package cfn_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

func TestUsers(t *testing.T) {
	for name, want := range map[string][]string{
		"Vpc": {"Subnet"}, "Range": {"Vpc"}, "Size": {"Subnet"}, "Public": nil, "Nothing": nil,
	} {
		if got := sample().Users(name); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestSources(t *testing.T) {
	template := &cfn.Template{Parameters: []cfn.Parameter{{ID: "Size"}, {ID: "Name"}, {ID: "Zone"}}}
	template.Resources = []cfn.Resource{{ID: "Thing", Properties: map[string]any{
		"Count": map[string]any{"Ref": "Size"},
		"Title": map[string]any{"Fn::Sub": "${Name}-${Vpc}-${Size}"},
		"Place": map[string]any{"Fn::If": []any{"Where", map[string]any{"Ref": "Zone"}, "a"}},
		"Fixed": "x",
		"Parts": []any{"y", map[string]any{"Inner": map[string]any{"Ref": "Name"}}},
	}}}
	for path, want := range map[string][]string{
		"Count": {"Size"}, "Title": {"Name", "Size"}, "Place": {"Zone"}, "Fixed": nil,
		"Parts.1.Inner": {"Name"}, "Parts.0": nil, "Parts": {"Name"}, "Parts.7": nil, "Parts.x": nil,
		"Title.2": {"Name", "Size"}, "Fixed.1": nil, "Nothing": nil,
	} {
		if got := template.Sources("Thing", path); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if got := template.Sources("Other", "Count"); got != nil {
		t.Errorf("a resource that is not there: got %v", got)
	}
}

func TestWithDefaults(t *testing.T) {
	template := sample()
	with, err := template.WithDefaults(map[string]string{"Size": "3", "Zones": "c"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := *with.Parameters[2].Default+*with.Parameters[3].Default, "3c"; got != want {
		t.Errorf("defaults are %s, want %s", got, want)
	}
	if *template.Parameters[2].Default != "2" {
		t.Error("the template itself has changed")
	}
	a, errA := template.Resolve(map[string]string{"Size": "3", "Zones": "c"})
	b, errB := with.Resolve(nil)
	if err := errors.Join(errA, errB); err != nil || !reflect.DeepEqual(a.Resources, b.Resources) {
		t.Errorf("%v; defaults and values lead to %v and %v", err, a, b)
	}
	if _, err := template.WithDefaults(map[string]string{"size": "3"}); err == nil ||
		err.Error() != "size is not a parameter of the template" {
		t.Errorf("got %v for an unknown name", err)
	}
}
