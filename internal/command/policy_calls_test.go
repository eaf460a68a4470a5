package command

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/beside"
	"github.com/metaflow-cfn/metaflow-cfn/internal/iameval"
)

const (
	stackRole  = "arn:aws:iam::123456789012:role/cloudformation-metaflow"
	otherStack = "others"
)

// anyStack are the actions that the deployer may use on every stack, which IAM cannot narrow:
// the list of stacks is a call on all of them; a hook's result, a drift detection, a type and the
// zones have no ARN of the stack, and the names of roles that are reused are not known.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
var anyStack = []string{"cloudformation:DescribeStacks", "cloudformation:ListStacks",
	"cloudformation:GetHookResult", "cloudformation:BatchDescribeTypeConfigurations",
	"cloudformation:DescribeStackDriftDetectionStatus", "ec2:DescribeAvailabilityZones",
	"ec2:DescribeSubnets", "ec2:DescribeInternetGateways", "ec2:DescribeNatGateways",
	"ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeVpcEndpoints",
	"ec2:DescribeVpcs", "ec2:DescribeNetworkInterfaces", "iam:GetRole", "iam:GetInstanceProfile"}

// verbCalls are command lines of each verb that calls CloudFormation, whose calls the printed
// policy must allow. Those that prepare the stack run before as an administrator.
var verbCalls = []struct {
	verb, kind string // kind: whose policy
	arrange    func(s *program)
	run        func(s *program)
	calls      string // one of the calls that must have been made
	queue      string // of the policy
}{
	{verb: "plan of a creation", kind: "deployer", calls: "CreateChangeSet",
		run: func(s *program) { s.exits(exitOK, "plan", "metaflow", "--role-arn", stackRole) }},
	{verb: "plan of an update", kind: "deployer", arrange: deployedProtected,
		calls: "DescribeChangeSet",
		run: func(s *program) {
			s.exits(exitOK, "plan", "metaflow", "--role-arn", stackRole, "--maxv-cpus",
				"64")
		}},
	{verb: "plan of an update with drift", kind: "deployer", arrange: deployedProtected,
		calls: "DescribeStackDriftDetectionStatus",
		run: func(s *program) {
			s.exits(exitOK, "plan", "metaflow", "--role-arn", stackRole, "--drift")
		}},
	{verb: "plan of an update of a stack without zones", kind: "deployer",
		arrange: func(s *program) { deployed(s, "--availability-zone1", "", "--availability-zone2", "") },
		calls:   "DescribeSubnets",
		run:     func(s *program) { s.exits(exitOK, "plan", "metaflow", "--role-arn", stackRole) }},
	{verb: "plan with a network that is reused", kind: "deployer", calls: "DescribeSecurityGroups",
		run: func(s *program) {
			s.exits(exitOK, "plan", "metaflow", "--role-arn", stackRole,
				"--existing-vpc-id", "vpc-0a1b2c3d", "--existing-private-subnet1-id", "subnet-0a1b2c3d",
				"--existing-private-subnet2-id", "subnet-0a1b2c3e",
				"--existing-security-group-id", "sg-0a1b2c3d")
		}},
	{verb: "plan with a role that is reused", kind: "deployer", calls: "GetRole",
		run: func(s *program) {
			s.exits(exitOK, "plan", "metaflow", "--role-arn", stackRole, "--existing-job-role-arn",
				"arn:aws:iam::123456789012:role/team/jobs", "--existing-instance-profile-arn",
				"arn:aws:iam::123456789012:instance-profile/ecs")
		}},
	{verb: "deploy: create", kind: "deployer", calls: "UpdateTerminationProtection",
		run: deployedProtected},
	{verb: "deploy: create with tags", kind: "deployer", calls: "ExecuteChangeSet",
		run: func(s *program) {
			s.exits(exitOK, "deploy", "metaflow", "--yes", "--role-arn", stackRole, "--tags",
				"team=ml")
		}},
	{verb: "deploy: update", kind: "deployer", arrange: deployedProtected, calls: "ExecuteChangeSet",
		run: func(s *program) {
			s.exits(exitOK, "deploy", "metaflow", "--yes", "--role-arn", stackRole,
				"--maxv-cpus", "64")
		}},
	{verb: "deploy: take away", kind: "deployer", arrange: deployedProtected, calls: "DescribeStacks",
		run: func(s *program) {
			s.exits(exitOK, "deploy", "metaflow", "--yes", "--role-arn", stackRole,
				"--job-queue-name", "jobs",
				"--allow-replace", "JobQueue")
		}},
	{verb: "deploy: a change that is refused", kind: "deployer", calls: "DescribeEvents",
		run: func(s *program) {
			s.server.FailChangeSet("Properties validation failed")
			s.exits(exitUsage, "deploy", "metaflow", "--yes", "--role-arn", stackRole)
		}},
	{verb: "deploy: a creation that fails", kind: "deployer", calls: "DescribeEvents",
		run: func(s *program) {
			s.server.FailCreate("NatGateway", "no")
			s.exits(exitFailed, "deploy", "metaflow", "--yes", "--role-arn", stackRole)
			s.server.Heal("NatGateway")
			s.exits(exitOK, "deploy", "metaflow", "--yes", "--role-arn",
				stackRole) // removes the failed stack
		}},
	{verb: "watch", kind: "deployer", arrange: deployedProtected, calls: "DescribeStackEvents",
		run: func(s *program) { s.exits(exitOK, "watch", "metaflow") }},
	{verb: "cancel", kind: "deployer", calls: "CancelUpdateStack",
		arrange: func(s *program) {
			deployedProtected(s)
			if err := s.server.ForeignUpdate("metaflow"); err != nil {
				s.t.Fatal(err)
			}
		},
		run: func(s *program) { s.exits(exitOK, "cancel", "metaflow", "--yes") }},
	{verb: "recover: go on", kind: "deployer", arrange: stuck, calls: "ContinueUpdateRollback",
		run: func(s *program) { s.exits(exitOK, "recover", "metaflow", "--yes") }},
	{verb: "recover with the role", kind: "deployer", arrange: stuck, calls: "ContinueUpdateRollback",
		run: func(s *program) {
			s.exits(exitOK, "recover", "metaflow", "--yes", "--role-arn",
				stackRole)
		}},
	{verb: "recover: roll back", kind: "deployer", calls: "RollbackStack",
		arrange: func(s *program) {
			deployedProtected(s)
			s.server.FailUpdate("ComputeEnvironment", "no")
			s.exits(exitStuck, "deploy", "metaflow", "--yes", "--instance-types", "m5",
				"--on-failure", "keep",
				"--role-arn", stackRole)
			s.server.Heal("ComputeEnvironment")
		},
		run: func(s *program) { s.exits(exitOK, "recover", "metaflow", "--yes") }},
	{verb: "delete", kind: "deployer", calls: "DeleteStack",
		arrange: func(s *program) { deployed(s, "--no-termination-protection") },
		run:     func(s *program) { s.exits(exitOK, "delete", "metaflow", "--yes") }},
	{verb: "delete of a protected stack, with the role", kind: "deployer", arrange: deployedProtected,
		calls: "UpdateTerminationProtection", run: func(s *program) {
			s.exits(exitOK, "delete", "metaflow", "--yes", "--role-arn", stackRole,
				"--disable-protection")
		}},
	{verb: "delete with a drain", kind: "deployer", calls: "DeleteStack", queue: "jobs",
		arrange: func(s *program) {
			deployed(s, "--no-termination-protection", "--job-queue-name", "jobs")
			s.server.Batch.Put(2, beside.Job{Status: "RUNNING"})
		},
		run: func(s *program) { s.exits(exitOK, "delete", "metaflow", "--yes", "--drain=terminate") }},
	{verb: "delete that fails", kind: "deployer", calls: "DescribeNetworkInterfaces",
		arrange: func(s *program) { deployed(s, "--no-termination-protection") },
		run: func(s *program) {
			s.server.FailDelete("Vpc", "has dependencies")
			s.exits(exitStuck, "delete", "metaflow", "--yes")
		}},
	{verb: "configure", kind: "user", arrange: deployedProtected, calls: "DescribeStacks",
		run: func(s *program) { s.exits(exitOK, "configure", "metaflow") }},
	{verb: "configure by the deployer", kind: "deployer", arrange: deployedProtected,
		calls: "DescribeStacks",
		run:   func(s *program) { s.exits(exitOK, "configure", "metaflow") }},
}

// deployed creates the stack with the service role and more flags.
func deployed(s *program, flags ...string) {
	args := []string{"deploy", "metaflow", "--yes", "--role-arn", stackRole}
	s.exits(exitOK, append(args, flags...)...)
}

func deployedProtected(s *program) { deployed(s) }

// stuck brings the stack into a rollback that failed, the cause of which is gone.
func stuck(s *program) {
	deployed(s)
	s.server.FailUpdate("ComputeEnvironment", "no")
	s.server.FailRollback("ComputeEnvironment", "no")
	s.exits(exitStuck, "deploy", "metaflow", "--yes", "--instance-types", "m5",
		"--role-arn", stackRole)
	s.server.Heal("ComputeEnvironment")
}

// printedPolicy returns what policy prints for an identity of a stack.
func (s *program) printedPolicy(kind, stack, queue string) iameval.Document {
	s.exits(exitOK, "policy", kind, stack, "--account", "123456789012", "--region", "us-east-1",
		"--queue", queue)
	d, err := iameval.Parse(s.out.Bytes())
	if err != nil {
		s.t.Fatalf("%s: %v", kind, err)
	}
	return d
}

// TestPoliciesAllowTheVerbs runs each verb on the test server. The policy that is printed for its
// user and its stack allows every call; the same calls on another stack it refuses; and the policy
// of another stack refuses them too. Each statement of the deployer's policy is needed by a call.
func TestPoliciesAllowTheVerbs(t *testing.T) {
	isolateEnv(t)
	t.Setenv("HOME", t.TempDir()) // configure writes there
	var mu sync.Mutex
	needed := map[string]bool{}
	var deployer iameval.Document       // with the most statements
	t.Run("verbs", func(t *testing.T) { // waits for all of them
		for _, test := range verbCalls {
			t.Run(test.verb, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := &program{t: t, server: cfntest.New(cfntest.Options{})}
					own := s.printedPolicy(test.kind, "metaflow", test.queue)
					foreign := s.printedPolicy(test.kind, otherStack, "")
					if test.arrange != nil {
						test.arrange(s)
					}
					before := len(s.server.Calls())
					test.run(s)
					calls := s.server.Calls()[before:]
					if !slices.ContainsFunc(calls, func(c cfntest.Call) bool { return c.Action == test.calls }) {
						t.Errorf("%s was not called", test.calls)
					}
					var requests []iameval.Request // that only a deployer makes
					for _, call := range calls {
						for _, r := range requestsOf(t, call) {
							judge(t, r, own, foreign)
							if test.kind == "deployer" {
								requests = append(requests, r)
							}
						}
					}
					for _, r := range batchRequests(s.server.Batch) {
						judgeBatch(t, r, own, foreign)
						requests = append(requests, r)
					}
					mu.Lock()
					defer mu.Unlock()
					for _, r := range requests {
						for _, sid := range own.Statements() {
							if !iameval.Allowed(r, own.Without(sid)) {
								needed[sid] = true
							}
						}
					}
					if test.kind == "deployer" && len(own.Statements()) > len(deployer.Statements()) {
						deployer = own
					}
				})
			})
		}
	})
	for _, sid := range deployer.Statements() {
		if !needed[sid] && sid != "ExplainFailures" { // calls of hooks: not on this server
			t.Errorf("no call of any verb needs %s: %v", sid, slices.Sorted(maps.Keys(needed)))
		}
	}
}

// judgeBatch checks the policies for a request to AWS Batch. Without a queue they drain none.
func judgeBatch(t *testing.T, r iameval.Request, own, foreign iameval.Document) {
	t.Helper()
	if !iameval.Allowed(r, own) {
		t.Errorf("the policy does not allow %v", r)
	}
	if r.Resource != "*" && iameval.Allowed(r, foreign) {
		t.Errorf("the policy of another stack allows %v", r)
	}
	if other := strings.Replace(r.Resource, ":job-queue/jobs", ":job-queue/others", 1); other !=
		r.Resource && iameval.Allowed(iameval.Request{Action: r.Action, Resource: other}, own) {
		t.Errorf("the policy allows %s on %s", r.Action, other)
	}
}

// judge checks the policies of the stack and of another one.
func judge(t *testing.T, r iameval.Request, own, foreign iameval.Document) {
	t.Helper()
	if !iameval.Allowed(r, own) {
		t.Errorf("the policy does not allow %v", r)
	}
	if slices.Contains(anyStack, r.Action) ||
		strings.Contains(r.Resource, ":changeSet/metaflow-cfn-") {
		return // the ARN of a change set does not name its stack
	}
	if iameval.Allowed(r, foreign) {
		t.Errorf("the policy of another stack allows %v", r)
	}
	if other := elsewhere(r); iameval.Allowed(other, own) {
		t.Errorf("the policy allows %v", other)
	}
	for _, resource := range []string{
		strings.Replace(r.Resource, ":123456789012:", ":210987654321:", 1),
		strings.Replace(r.Resource, ":us-east-1:", ":eu-west-1:", 1)} {
		if resource != r.Resource && iameval.Allowed(iameval.Request{Action: r.Action,
			Resource: resource, Keys: r.Keys}, own) {
			t.Errorf("the policy allows %s on %s", r.Action, resource)
		}
	}
}
