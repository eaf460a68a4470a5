package command

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

const (
	batchRole = "arn:aws:iam::123456789012:role/batch"
	fleetRole = "arn:aws:iam::123456789012:role/fleet"
)

// environmentStates are the compute environments between which updates are tried.
var environmentStates = []map[string]string{
	{"ComputeType": "EC2"},
	{"ComputeType": "SPOT"},
	{"ComputeType": "SPOT", "AllocationStrategy": "SPOT_CAPACITY_OPTIMIZED"},
	{"ComputeType": "EC2", "AllocationStrategy": "BEST_FIT"},
	{"ComputeType": "SPOT", "AllocationStrategy": "BEST_FIT", "ExistingSpotFleetRoleArn": fleetRole},
	{"ComputeType": "EC2", "ExistingBatchServiceRoleArn": batchRole},
	{"ComputeType": "SPOT", "ExistingBatchServiceRoleArn": batchRole},
	{"ComputeType": "EC2", "InstanceTypes": "m7g"},
	{"ComputeType": "FARGATE"},
	{"ComputeType": "FARGATE_SPOT"},
}

// TestUpdates leads a stack from every environment to every other. The test server has the
// rules of AWS Batch: what the program takes for an update in place keeps the environment, what
// it takes for a replacement replaces it, and what it refuses would fail.
func TestUpdates(t *testing.T) {
	isolateEnv(t)
	template, err := minified(core.Component)
	if err != nil {
		t.Fatal(err)
	}
	for _, old := range environmentStates {
		for _, changed := range environmentStates {
			// Something of the infrastructure changes in any case, on instances and on Fargate.
			changed = maps.Clone(changed)
			changed["ComputeSubnets"] = "all"
			t.Run(described(old)+" to "+described(changed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := &program{t: t, server: cfntest.New(cfntest.Options{})}
					s.server.Seed(cfntest.Stack{
						Name: "metaflow", Template: string(template), Parameters: old,
					})
					s.checkUpdateTo(old, changed, string(template))
				})
			})
		}
	}
}

func described(values map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		_, short, found := strings.Cut(values[name], "/")
		if !found {
			short = values[name]
		}
		parts = append(parts, short)
	}
	return strings.Join(parts, " ")
}

// checkUpdateTo deploys other values and compares what happens with the verdict.
func (s *program) checkUpdateTo(old, changed map[string]string, template string) {
	t := s.t
	args := []string{"deploy", "metaflow", "--yes", "--output", "json"}
	for p := range core.Component.Parameters() {
		value, given := changed[p.Name]
		switch was := old[p.Name]; {
		case given && value != was:
			args = append(args, "--"+p.Flag(), value)
		case !given && was != "":
			args = append(args, "--unset", p.Name)
		}
	}
	before := s.environmentID()
	verdict := core.Component.Verdicts("metaflow", old, changed)[0]
	switch verdict.Change {
	case generator.InPlace:
		s.exits(exitOK, args...)
		if after := s.environmentID(); after != before {
			t.Errorf("%s became %s", before, after)
		}
	case generator.Replaced:
		s.exits(exitRefused, args...)
		if !strings.Contains(s.out.String(), "--allow-replace ComputeEnvironment") {
			t.Errorf("permission is not asked for: %s", s.out.String())
		}
		s.exits(exitOK, append(args, "--allow-replace", "ComputeEnvironment")...)
		if after := s.environmentID(); after == before {
			t.Errorf("%s is not replaced", before)
		}
	case generator.Refused:
		s.exits(exitRefused, args...)
		if made := s.server.ChangeSets("metaflow"); len(made) > 0 ||
			!strings.Contains(s.out.String(), verdict.Reason) {
			t.Errorf("change sets %v; said: %s", made, s.out.String())
		}
		if !leavesInPlace(old, alone(old, changed)) {
			s.checkFails(alone(old, changed), template)
		}
	}
}

// leavesInPlace reports whether a service role is given to an environment that is updated in place.
// The launch template changes with it, and whether AWS then replaces the environment was not tried.
func leavesInPlace(old, changed map[string]string) bool {
	const parameter = "ExistingBatchServiceRoleArn"
	return old[parameter] == "" && changed[parameter] != "" && old["AllocationStrategy"] != "BEST_FIT" &&
		!strings.HasPrefix(old["ComputeType"], "FARGATE")
}

// alone returns the values to which an update is certain to fail. A service role is then given
// or dropped alone: whether AWS replaces the environment for what changes with it was not tried.
func alone(old, changed map[string]string) map[string]string {
	const parameter = "ExistingBatchServiceRoleArn"
	fargate := func(v map[string]string) bool { return strings.HasPrefix(v["ComputeType"], "FARGATE") }
	if old[parameter] == changed[parameter] || fargate(old) != fargate(changed) {
		return changed
	}
	role := changed[parameter]
	changed = maps.Clone(old)
	changed[parameter] = role
	return changed
}

// checkFails updates the stack without the program, which must fail and be rolled back.
func (s *program) checkFails(changed map[string]string, template string) {
	var list []types.Parameter
	for name, value := range changed {
		list = append(list, types.Parameter{ParameterKey: &name, ParameterValue: &value})
	}
	if _, err := s.server.Client().UpdateStack(s.t.Context(), &cloudformation.UpdateStackInput{
		StackName: aws.String("metaflow"), TemplateBody: &template, Parameters: list,
		Capabilities: []types.Capability{types.CapabilityCapabilityIam},
	}); err != nil {
		s.t.Fatal(err)
	}
	s.exits(exitFailed, "watch", "metaflow")
	if got := s.server.Status("metaflow"); got != "UPDATE_ROLLBACK_COMPLETE" {
		s.t.Errorf("AWS Batch does not refuse it: %s", got)
	}
	if said := s.err.String(); !strings.Contains(said, "  try: ") {
		s.t.Errorf("the failure has no advice:\n%s", said)
	}
}

func (s *program) environmentID() string { return s.physicalIDs()["ComputeEnvironment"] }
