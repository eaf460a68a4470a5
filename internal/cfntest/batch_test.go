package cfntest_test

import (
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// environment has a compute environment and its queue, with what an update may change.
const environment = `
Parameters:
  Type: {Type: String, Default: EC2}
  Strategy: {Type: String, Default: BEST_FIT_PROGRESSIVE}
  Role: {Type: String, Default: ""}
  Name: {Type: String, Default: ""}
  Tag: {Type: String, Default: a}
  Types: {Type: String, Default: optimal}
  Max: {Type: Number, Default: 256}
  Minutes: {Type: String, Default: ""}
  Latest: {Type: String, Default: ""}
  Replace: {Type: String, Default: "false"}
Conditions:
  Instances: !Or [!Equals [!Ref Type, EC2], !Equals [!Ref Type, SPOT]]
  HasRole: !Not [!Equals [!Ref Role, ""]]
  HasName: !Not [!Equals [!Ref Name, ""]]
  HasMinutes: !Not [!Equals [!Ref Minutes, ""]]
  HasLatest: !Not [!Equals [!Ref Latest, ""]]
Resources:
  Environment:
    Type: AWS::Batch::ComputeEnvironment
    Properties:
      Type: MANAGED
      ComputeEnvironmentName: !If [HasName, !Ref Name, !Ref AWS::NoValue]
      ReplaceComputeEnvironment: !Ref Replace
      ServiceRole: !If [HasRole, !Ref Role, !Ref AWS::NoValue]
      Tags: {Name: !Ref Tag}
      UpdatePolicy: !If [HasMinutes, {JobExecutionTimeoutMinutes: !Ref Minutes}, !Ref AWS::NoValue]
      ComputeResources:
        Type: !Ref Type
        AllocationStrategy: !If [Instances, !Ref Strategy, !Ref AWS::NoValue]
        InstanceTypes: !If [Instances, [!Ref Types], !Ref AWS::NoValue]
        MaxvCpus: !Ref Max
        UpdateToLatestImageVersion: !If [HasLatest, !Ref Latest, !Ref AWS::NoValue]
  Queue:
    Type: AWS::Batch::JobQueue
    Properties:
      ComputeEnvironmentOrder: [{Order: 1, ComputeEnvironment: !Ref Environment}]
Outputs:
  Environment: {Value: !Ref Environment}
`

// The refusals, by their beginnings.
const (
	onFargate = "The following parameters can't be updated for Fargate compute environment:"
	roleFixed = "A compute environment with a service-linked role can't be changed"
	needsRole = "can be updated only for Non-fargate Compute Environment having a Batch Service " +
		"Linked Role."
	bestFit = "BEST_FIT isn't supported when updating a compute environment."
	mixed   = "EC2 and Fargate compute environments can't be mixed."
	named   = "CloudFormation cannot update a stack when a custom-named resource requires replacing."
)

// TestEnvironmentUpdates updates a compute environment from one set of values to another. It
// stays, is replaced, or fails with the words of AWS and is rolled back to what it was.
func TestEnvironmentUpdates(t *testing.T) {
	for _, test := range []struct{ from, to, want string }{
		// scaling
		{"", "Max=8", "stays"},
		{"Role=r", "Max=8 Role=r", "stays"},
		{"Type=FARGATE Replace=true", "Type=FARGATE Replace=true Max=8", "stays"},
		{"Role=r", "Role=s", "stays"},

		// infrastructure
		{"", "Types=m6i", "stays"},
		{"", "Type=SPOT Strategy=SPOT_PRICE_CAPACITY_OPTIMIZED", "stays"},
		{"", "Latest=true Minutes=60", "stays"},
		{"", "Types=m6i Replace=true", "replaced"},
		{"Role=r", "Role=r Types=m6i", needsRole},
		{"Role=r Replace=true", "Role=r Replace=true Types=m6i", "replaced"},

		// BEST_FIT
		{"", "Strategy=BEST_FIT Replace=true", "replaced"},
		{"", "Strategy=BEST_FIT", bestFit},
		{"Strategy=BEST_FIT Replace=true", "", bestFit},
		{"Strategy=BEST_FIT", "Strategy=BEST_FIT Types=m6i", bestFit},

		// the service role
		{"", "Role=r Replace=true", roleFixed},
		{"Role=r Replace=true", "", roleFixed},
		{"Role=r Replace=true", "Tag=b", "replaced"},

		// Fargate
		{"Type=FARGATE", "Type=FARGATE_SPOT", onFargate},
		{"Type=FARGATE", "Type=FARGATE_SPOT Replace=true", "replaced"},
		{"Type=FARGATE Minutes=30", "Type=FARGATE Minutes=60", onFargate},
		{"Type=FARGATE", "Type=FARGATE Latest=true", onFargate},
		{"Type=FARGATE", "", onFargate},
		{"", "Type=FARGATE", onFargate},
		{"", "Type=FARGATE Replace=true", mixed},
		{"Type=FARGATE", "Replace=true", mixed},

		// names
		{"Name=ours", "Name=ours Types=m6i", "stays"},
		{"Name=ours", "Name=ours Tag=b", named},
		{"Name=ours", "Name=ours Strategy=BEST_FIT Replace=true", named},
		{"Name=ours", "Name=theirs", "replaced"},
	} {
		bubble(t, cfntest.Options{}, func(w *fixture) {
			w.create("demo", environment, strings.Fields(test.from)...)
			before := w.srv.Outputs("demo")["Environment"]
			n := len(w.srv.Events("demo"))
			w.must(w.update("demo", environment, strings.Fields(test.to)...))
			w.settle("demo")
			after, want := w.srv.Outputs("demo")["Environment"], "UPDATE_COMPLETE"
			got := "replaced"
			switch lines := strings.Join(w.lines("demo", n), "\n"); {
			case strings.Contains(lines, test.want):
				got, want = test.want, "UPDATE_ROLLBACK_COMPLETE"
			case before == after:
				got = "stays"
			}
			if got != test.want || w.srv.Status("demo") != want {
				t.Errorf("%q to %q: %s, %s; wanted %s, %s\n%s", test.from, test.to, got,
					w.srv.Status("demo"), test.want, want, strings.Join(w.lines("demo", n), "\n"))
			}
			if want != "UPDATE_COMPLETE" && before != after {
				t.Errorf("%q to %q: not rolled back", test.from, test.to)
			}
		})
	}
}
