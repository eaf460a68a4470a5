package sourcemutants

import (
	"strings"
	"testing"
)

// rows are mutants that rows of docs/reliability.md are about: the row's own test must fail.
var rows = []struct {
	row, bug string
	edit     Edit
}{
	{"26", "an executed change set is not taken for begun", Edit{"deploy/execute.go",
		"\t\treturn traceOfExecution\n\tcase types.ExecutionStatusObsolete",
		"\t\treturn noTrace\n\tcase types.ExecutionStatusObsolete"}},
	{"36", "the NAT gateway is not guarded", Edit{"generator/core/core.go",
		`"AWS::EC2::NatGateway", "AWS::EC2::VPCEndpoint", environmentType`,
		`"AWS::EC2::VPCEndpoint", environmentType`}},
	{"36", "the Elastic IP is not guarded", Edit{"generator/core/core.go",
		`"AWS::EC2::EIP", "AWS::EC2::NatGateway",`, `"AWS::EC2::NatGateway",`}},
	{"55", "references are not scrubbed", Edit{"deploy/internal/transport/scrub.go",
		"case length > 0 && !legal(n):", "case false && !legal(n):"}},
}

// TestRows compiles the program with the bug of each row and runs the tests of the row.
func TestRows(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: compiles the program four times")
	}
	for _, r := range rows {
		t.Run(r.row+" "+r.bug, func(t *testing.T) {
			out, err := run(t, Edited(t, root, r.edit), "-run",
				"^TestReliability(FakeTime)?$/^"+r.row+"_", "./internal/command")
			if err == nil || !strings.Contains(out, "--- FAIL: TestReliability") {
				t.Errorf("the tests of the row do not fail (%v):\n%.2000s", err, out)
			}
		})
	}
}
