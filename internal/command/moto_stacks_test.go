package command

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// motoHardening is a hardening stack beside a core stack.
type motoHardening struct {
	name      string
	given     func(*moto, *testing.T) generator.Values // what exists before the core stack
	core      generator.Values
	flags     []string // of the hardening stack
	vpc       string   // in words of the inventory
	subnets   string
	endpoints []string
}

var motoHardened = []motoHardening{
	{
		name: "a new core", given: (*moto).serviceRole, core: onDemand, vpc: "10.0.0.0/16",
	},
	{
		name: "a core without internet", given: (*moto).serviceRole,
		core:  merged(onDemand, generator.Values{"InternetAccess": "false"}),
		flags: []string{"--interface-endpoints", "true"},
		vpc:   "10.0.0.0/16", subnets: "10.0.1.0/24 10.0.3.0/24",
		endpoints: []string{"ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs"},
	},
	{
		name: "a core on Fargate", given: (*moto).serviceRole,
		core:  generator.Values{"ComputeType": "FARGATE"},
		flags: []string{"--interface-endpoints", "true"},
		vpc:   "10.0.0.0/16", subnets: "10.0.1.0/24 10.0.3.0/24",
		endpoints: []string{"ecr.api", "ecr.dkr", "logs"},
	},
	{
		name: "a core in the VPC of others", given: besideServiceRole((*moto).givenSubnets),
		core: onDemand, flags: []string{"--interface-endpoints", "true"},
		vpc: "ExistingVpcId", subnets: "ExistingPrivateSubnet1Id ExistingPrivateSubnet2Id",
		endpoints: []string{"ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs"},
	},
}

// lines are those that the hardening stack adds to the inventory.
func (s motoHardening) lines() []string {
	lines := []string{
		"bucket metaflow-hardening-logbucket: AES256",
		"flow log of " + s.vpc + ": ALL traffic to arn:aws:s3:::metaflow-hardening-logbucket",
	}
	if len(s.endpoints) > 0 {
		lines = append(lines, "security group of "+s.vpc+" (metaflow-hardening-endpoints): "+
			"tcp 443-443 from the security group (metaflow-batch)")
	}
	for _, service := range s.endpoints {
		lines = append(lines, "interface endpoint of "+s.vpc+": com.amazonaws.us-east-1."+service+
			" in "+s.subnets+" behind the security group (metaflow-hardening-endpoints), "+
			"names private true")
	}
	return lines
}

// testHardening deploys the hardening stack with nothing given but the core stack.
func (m *moto) testHardening(t *testing.T, s motoHardening) {
	m.reset(t)
	given := s.given(m, t)
	values := merged(given, s.core)
	m.deploy(t, values)
	created := m.created(t, given, func() { m.deployHardening(t, s.flags...) })
	compareLines(t, created, s.lines())
	m.configure(t, values) // the core stack leads to the same as before
	_, stderr, code := m.exit(t, m.program, "configure", "metaflow-hardening")
	if code != exitUnknown || !strings.Contains(stderr, "there is nothing to configure") {
		t.Errorf("configure metaflow-hardening: exit %d\n%s", code, stderr)
	}
}

func (m *moto) deployHardening(t *testing.T, flags ...string) {
	t.Helper()
	m.run(t, m.program, append([]string{"hardening", "deploy", "metaflow-hardening", "--yes",
		"--from", "metaflow", "--no-termination-protection"}, flags...)...)
}

// testAccessLog plans that the core stack sends its access log to the hardening stack.
// moto fails to execute a change set that changes a parameter (it then finds no
// InstanceProfile), and does not take the logging of a bucket from a template, so that
// what the program asks for is all that can be seen.
func (m *moto) testAccessLog(t *testing.T) {
	m.reset(t)
	given := m.serviceRole(t)
	m.deploy(t, merged(given, onDemand))
	m.deployHardening(t)
	created := m.created(t, given, func() {
		text := m.run(t, m.program, "plan", "metaflow", "--from", "metaflow-hardening")
		if !strings.Contains(text, "From metaflow-hardening: AccessLogBucketName=") {
			t.Errorf("the plan does not show the log bucket:\n%s", text)
		}
	})
	compareLines(t, created, nil)
	sent := m.proxy.changeSet()
	logs := m.resources(t, "metaflow-hardening")["LogBucket"]
	if sent["AccessLogBucketName"] != logs || logs == "" {
		t.Errorf("the access log goes to %q, want %q", sent["AccessLogBucketName"], logs)
	}
	delete(sent, "AccessLogBucketName")
	for name, value := range sent { // the zones are sent each time, so that the stack keeps them
		if value != "" && !strings.HasPrefix(name, "AvailabilityZone") {
			t.Errorf("%s is sent too: %s", name, value)
		}
	}
}

// parameters are the parameter values of a stack.
func (m *moto) parameters(t *testing.T, stack string) generator.Values {
	out := ask(t, m.stacks.DescribeStacks, &cloudformation.DescribeStacksInput{StackName: &stack})
	values := generator.Values{}
	for _, p := range out.Stacks[0].Parameters {
		values[*p.ParameterKey] = *p.ParameterValue
	}
	return values
}

// resources are the physical IDs of a stack by logical ID.
func (m *moto) resources(t *testing.T, stack string) map[string]string {
	in := &cloudformation.ListStackResourcesInput{StackName: &stack}
	ids := map[string]string{}
	for _, r := range ask(t, m.stacks.ListStackResources, in).StackResourceSummaries {
		ids[*r.LogicalResourceId] = *r.PhysicalResourceId
	}
	return ids
}

// testSecondQueue deploys a second queue beside the first, with all else shared.
func (m *moto) testSecondQueue(t *testing.T) {
	m.reset(t)
	given := m.serviceRole(t)
	values := merged(given, onDemand)
	m.deploy(t, values)
	var records string
	created := m.created(t, given, func() {
		records = m.run(t, m.program, "deploy", "metaflow-gpu", "--from", "metaflow",
			"--instance-types", "g5.xlarge", "--existing-batch-service-role-arn",
			given["ExistingBatchServiceRoleArn"], "--yes", "--no-termination-protection",
			"--output", "json")
	})
	m.tellOutputsOf(t, "metaflow-gpu")
	compareLines(t, created, []string{
		"launch template version 1 (metaflow-gpu-batch): /dev/xvda of 100 GiB, gp3, encrypted true, " +
			"tokens required",
		"instances as metaflow-InstanceProfile from the launch template version 1",
		"compute environment ENABLED: EC2 BEST_FIT_PROGRESSIVE, 0 to 256 vCPUs of g5.xlarge",
		"compute environment in 10.0.1.0/24 10.0.3.0/24 behind the security group " +
			"(metaflow-batch), managed as ExistingBatchServiceRoleArn",
		queueLine("the compute environment"),
	})
	m.checkShared(t, records, created)
	m.configure(t, values) // still the first queue
	first := m.outputs(t, "metaflow")["BatchJobQueue"]
	if second := m.outputs(t, "metaflow-gpu")["BatchJobQueue"]; second == first || second == "" {
		t.Errorf("the second queue is %q, the first one %q", second, first)
	}
}

// checkShared holds what the plan, the first record, has shared against the resources
// of the first stack, and logs both sides.
func (m *moto) checkShared(t *testing.T, records string, created []string) {
	var record struct {
		From []struct{ Parameter, Value, Origin string }
	}
	first, _, _ := strings.Cut(records, "\n")
	if err := json.Unmarshal([]byte(first), &record); err != nil {
		t.Fatalf("%v: %s", err, first)
	}
	own := m.resources(t, "metaflow")
	sent := m.parameters(t, "metaflow-gpu")
	var table strings.Builder
	table.WriteString("shared\n")
	for _, v := range record.From {
		fmt.Fprintf(&table, "%-28s %-24s %s\n", v.Parameter, v.Origin, v.Value)
		if sent[v.Parameter] != v.Value {
			t.Errorf("%s was deployed as %q, planned %q", v.Parameter, sent[v.Parameter], v.Value)
		}
	}
	for parameter, id := range map[string]string{
		"ExistingBucketName": "Bucket", "ExistingJobRoleArn": "JobRole",
		"ExistingInstanceProfileArn": "InstanceProfile", "ExistingSecurityGroupId": "SecurityGroup",
		"ExistingVpcId": "Vpc", "ExistingPrivateSubnet1Id": "PrivateSubnet1",
		"ExistingPrivateSubnet2Id": "PrivateSubnet2", "ExistingPublicSubnet1Id": "PublicSubnet1",
		"ExistingPublicSubnet2Id": "PublicSubnet2",
	} {
		if !names(sent[parameter], own[id]) {
			t.Errorf("%s is %q, want %s %q", parameter, sent[parameter], id, own[id])
		}
	}
	if len(record.From) != 9 {
		t.Errorf("%d values are shared, want 9", len(record.From))
	}
	fmt.Fprintf(&table, "created\n%s", strings.Join(created, "\n"))
	t.Log("\n" + table.String())
}

// outputs are those of a stack.
func (m *moto) outputs(t *testing.T, stack string) map[string]string {
	out := ask(t, m.stacks.DescribeStacks, &cloudformation.DescribeStacksInput{StackName: &stack})
	values := map[string]string{}
	for _, o := range out.Stacks[0].Outputs {
		values[*o.OutputKey] = *o.OutputValue
	}
	return values
}
