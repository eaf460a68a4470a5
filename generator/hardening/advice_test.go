package hardening_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/hardening"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// TestAdvice checks that each reason from AWS leads to the flag that helps, and that every row of
// the component's own advice is used. Resource handlers do not report the error code with the
// message.
func TestAdvice(t *testing.T) {
	const endpoint, flowLog = "AWS::EC2::VPCEndpoint", "AWS::EC2::FlowLog"
	const service = ` (Service: Ec2, Status Code: 400, Request ID: 0b0a3f5e)"`
	const denied = " with an explicit deny in a service control policy"
	advised := map[string]bool{}
	for _, c := range []struct{ id, typ, says, flag string }{
		{"EcrApiEndpoint", endpoint, `Resource handler returned message: "private-dns-enabled ` +
			"cannot be set because there is already a conflicting DNS domain for " +
			"api.ecr.us-east-1.amazonaws.com in the VPC vpc-0123456789abcdef0" + service,
			"--interface-endpoints=false"},
		{"LogsEndpoint", endpoint, `Resource handler returned message: "Found another VPC ` +
			"endpoint subnet in the availability zone of subnet-0123456789abcdef0. VPC endpoint " +
			"subnets should be in different availability zones supported by the VPC endpoint " +
			"service." + service, "--existing-private-subnet2-id"},
		{"LogsEndpoint", endpoint, "Found another VPC endpoint subnet (Service: AmazonEC2; " +
			"Status Code: 400; Error Code: DuplicateSubnetsInSameZone; Request ID: 0b0a3f5e)",
			"--existing-private-subnet1-id"},
		{"EcsTelemetryEndpoint", endpoint, "The VPC endpoint service com.amazonaws.us-east-1." +
			"ecs-telemetry does not support the availability zone of the subnet: " +
			"subnet-0123456789abcdef0." + service, "--existing-private-subnet1-id"},
		{"FlowLog", flowLog, `Resource handler returned message: "Access Denied for ` +
			"LogDestination: my-logs. Please check LogDestination permission" + service,
			"--existing-log-bucket-name"},
		{"FlowLog", flowLog, "LogDestination: my-logs does not exist." + service,
			"--existing-log-bucket-name"},
		{"FlowLog", flowLog, "User is not authorized to perform: ec2:CreateFlowLogs" + denied,
			"--vpc-flow-log=false"},
		{"EndpointSecurityGroup", "AWS::EC2::SecurityGroup",
			"User is not authorized to perform: ec2:CreateSecurityGroup" + denied,
			"--interface-endpoints=false"},
		{"LogBucket", "AWS::S3::Bucket",
			"User is not authorized to perform: s3:CreateBucket" + denied,
			"--existing-log-bucket-name"},
		{"LogBucket", "", "User is not authorized to perform: s3:CreateBucket" + denied,
			"--existing-log-bucket-name"},
		{"FlowLog", flowLog, "User: u is not authorized to perform: logs:CreateLogDelivery",
			"--role-arn"},
		{"EcsEndpoint", endpoint, "VpcEndpointLimitExceeded", "Service Quotas"},
	} {
		got := hardening.Component.Advise(c.typ, c.id, c.says)
		if !strings.Contains(got, c.flag) {
			t.Errorf("%s: %s\ntry %q\nwant %s", c.id, c.says, got, c.flag)
		}
		advised[got] = true
	}
	for _, a := range hardening.Component.Advice {
		begin, _, _ := strings.Cut(a.Try, "{")
		if !slices.ContainsFunc(slices.Collect(maps.Keys(advised)), func(text string) bool {
			return strings.HasPrefix(text, begin)
		}) && !inherited(a) {
			t.Errorf("no failure leads to %q", a.Try)
		}
	}
	if got := hardening.Component.Advise(flowLog, "FlowLog", "an internal error"); got != "" {
		t.Errorf("unknown reason: got the advice %q", got)
	}
}

// inherited reports whether a row belongs to the advice for all components.
func inherited(a generator.Advice) bool { return slices.Contains(standard.Advice, a) }

// TestWarnings checks which values are reported as unused, and the reason.
func TestWarnings(t *testing.T) {
	for _, test := range []struct {
		name   string
		values generator.Values
		want   []string
	}{
		{"all in use", everything(generator.Values{"LogExpirationDays": "365"}), nil},
		{"network without endpoints", everything(generator.Values{"InterfaceEndpoints": "false"}),
			[]string{
				"ExistingPrivateSubnet1Id has no effect: no interface endpoint is created",
				"ExistingPrivateSubnet2Id has no effect: no interface endpoint is created",
				"ExistingSecurityGroupId has no effect: no interface endpoint is created"}},
		{"expiration in a bucket that is reused", everything(generator.Values{
			"ExistingLogBucketName": "my-logs", "LogExpirationDays": "365"}), []string{
			"ExistingBucketName has no effect: no log bucket is created",
			"LogExpirationDays has no effect: no log bucket is created"}},
		{"compute type without endpoints", generator.Values{
			"ExistingVpcId": vpc, "ComputeType": "FARGATE"}, []string{
			"ComputeType has no effect: the result is the same without it"}},
		{"Spot instances, which need what others need", everything(generator.Values{
			"ComputeType": "SPOT"}), []string{
			"ComputeType has no effect: the result is the same without it"}},
	} {
		if err := hardening.Component.Check(test.values); err != nil {
			t.Fatal(err)
		}
		got := hardening.Component.Warnings(test.values, test.values)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got\n%q\nwant\n%q", test.name, got, test.want)
		}
	}
}
