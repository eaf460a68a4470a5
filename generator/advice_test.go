package generator_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// TestAdviceNamesFlags checks that every flag in an advice belongs to a parameter.
func TestAdviceNamesFlags(t *testing.T) { forEach(t, testAdviceNamesFlags) }

func testAdviceNamesFlags(t *testing.T, c *generator.Component) {
	known := map[string]bool{"role-arn": true, "retain": true, "tags": true,
		// These are of the aws CLI.
		"aws-service-name": true, "filters": true, "db-instance-identifier": true,
		"db-cluster-identifier": true, "no-deletion-protection": true}
	fromReason := []string{"action", "identity", "resource"}
	for p := range c.Parameters() {
		known[p.Flag()] = true
	}
	placeholder := regexp.MustCompile(`\{(\w+)\}`)
	for _, a := range c.Advice {
		try := strings.ReplaceAll(a.Try, "{id}", "PublicSubnet1")
		for _, name := range placeholder.FindAllStringSubmatch(try, -1) {
			if c.Lookup(name[1]) == nil && !slices.Contains(fromReason, name[1]) {
				t.Errorf("%q: no parameter %s", a.Try, name[1])
			}
		}
		for _, m := range regexp.MustCompile(`--([a-z0-9-]+)`).FindAllStringSubmatch(a.Try, -1) {
			if !known[m[1]] {
				t.Errorf("%q: no flag %s", a.Try, m[0])
			}
		}
	}
}
