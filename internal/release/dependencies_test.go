package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// reasonRow is a row of the table of dependencies in CONTRIBUTING.md.
var reasonRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (\\S.{20,}) \\|$")

// TestDependencies compares the table of dependencies in CONTRIBUTING.md with the direct
// dependencies and tools of go.mod: each has a reason, in the order of go.mod. The modules of the
// AWS SDK are one row. The others are at most 14.
func TestDependencies(t *testing.T) {
	var module struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Tool []struct{ Path string }
	}
	if err := json.Unmarshal([]byte(call(t, root, "go", "mod", "edit", "-json")), &module); err != nil {
		t.Fatal(err)
	}
	const sdk = "github.com/aws/aws-sdk-go-v2"
	var wanted []string
	for _, r := range module.Require {
		path := r.Path
		if strings.HasPrefix(path, sdk+"/") {
			path = sdk
		}
		if !r.Indirect && !slices.Contains(wanted, path) {
			wanted = append(wanted, path)
		}
	}
	if len(wanted) > 2+14 {
		t.Errorf("%d direct dependencies beside the AWS SDK and its smithy-go, wanted at most 14", len(wanted)-2)
	}
	for _, tool := range module.Tool {
		wanted = append(wanted, tool.Path)
	}
	var found []string
	for _, row := range reasonRow.FindAllStringSubmatch(read(t, filepath.Join(root, "CONTRIBUTING.md")), -1) {
		found = append(found, row[1])
	}
	if !slices.Equal(found, wanted) {
		t.Errorf("CONTRIBUTING.md has reasons for\n%s\nwanted those of go.mod\n%s",
			strings.Join(found, "\n"), strings.Join(wanted, "\n"))
	}
}
