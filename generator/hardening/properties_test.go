package hardening_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/hardening"
	"github.com/metaflow-cfn/metaflow-cfn/internal/templatetest"
)

const (
	vpc     = "vpc-0123456789abcdef0"
	subnet1 = "subnet-0123456789abcdef1"
	subnet2 = "subnet-0123456789abcdef2"
	group   = "sg-0123456789abcdef0"
)

// everything returns values under which all resources exist, with additional ones.
func everything(more generator.Values) generator.Values {
	v := generator.Values{
		"ExistingVpcId": vpc, "ExistingPrivateSubnet1Id": subnet1,
		"ExistingPrivateSubnet2Id": subnet2, "ExistingSecurityGroupId": group,
		"ExistingBucketName": "my-data", "InterfaceEndpoints": "true",
	}
	maps.Copy(v, more)
	return v
}

// resolve returns the resources that exist under the values, by logical ID.
func resolve(t *testing.T, values generator.Values) map[string]cfn.Resource {
	t.Helper()
	if err := hardening.Component.Check(values); err != nil {
		t.Fatal(err)
	}
	return templatetest.Resolve(t, hardening.Component, values)
}

// TestProperties checks properties that must not change by accident.
func TestProperties(t *testing.T) {
	const logs = "map[Fn::Sub:arn:${AWS::Partition}:s3:::"
	for _, test := range []struct {
		name   string
		values generator.Values
		want   map[string]any // by resource and path
	}{
		{"everything", everything(nil), map[string]any{
			"LogBucket BucketName": nil,
			"LogBucket BucketEncryption.ServerSideEncryptionConfiguration": "[map[" +
				"ServerSideEncryptionByDefault:map[SSEAlgorithm:AES256]]]",
			"LogBucket PublicAccessBlockConfiguration": map[string]any{
				"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true,
				"RestrictPublicBuckets": true},
			"LogBucket OwnershipControls.Rules.0.ObjectOwnership": "BucketOwnerEnforced",
			"LogBucket LifecycleConfiguration.Rules": "[map[ExpirationInDays:90 Id:expire-logs " +
				"Status:Enabled]]",
			"LogBucket LoggingConfiguration": nil,
			"LogBucketPolicy Bucket":         "map[Ref:LogBucket]",
			"FlowLog ResourceId":             vpc,
			"FlowLog ResourceType":           "VPC",
			"FlowLog TrafficType":            "ALL",
			"FlowLog LogDestinationType":     "s3",
			"FlowLog LogDestination":         logs + "${LogBucket}/vpc]",
			"FlowLog LogGroupName":           nil,
			"EndpointSecurityGroup VpcId":    vpc,
			"EndpointSecurityGroup SecurityGroupIngress": "[map[Description:From the jobs " +
				"FromPort:443 IpProtocol:tcp SourceSecurityGroupId:" + group + " ToPort:443]]",
			"EndpointSecurityGroup SecurityGroupEgress": "[map[Description:To the jobs " +
				"DestinationSecurityGroupId:" + group + " FromPort:443 IpProtocol:tcp ToPort:443]]",
		}},
		{"a log bucket that is reused", everything(generator.Values{
			"ExistingLogBucketName": "my-logs"}), map[string]any{
			"FlowLog LogDestination": logs + "my-logs/vpc]",
		}},
		{"logs for a year", everything(generator.Values{"LogExpirationDays": "365"}),
			map[string]any{"LogBucket LifecycleConfiguration.Rules.0.ExpirationInDays": 365}},
	} {
		resources := resolve(t, test.values)
		templatetest.Properties(t, test.name, resources, test.want)
	}
}

// TestEndpoints lists the endpoints of each compute type, each in both subnets, with the security
// group of the endpoints and its public DNS name.
func TestEndpoints(t *testing.T) {
	fargate := map[string]string{
		"EcrApiEndpoint": "ecr.api", "EcrDkrEndpoint": "ecr.dkr", "LogsEndpoint": "logs",
	}
	instances := maps.Clone(fargate)
	maps.Copy(instances, map[string]string{
		"EcsEndpoint": "ecs", "EcsAgentEndpoint": "ecs-agent",
		"EcsTelemetryEndpoint": "ecs-telemetry",
	})
	for computeType, want := range map[string]map[string]string{
		"EC2": instances, "SPOT": instances, "FARGATE": fargate, "FARGATE_SPOT": fargate,
	} {
		got := map[string]string{}
		for id, r := range resolve(t, everything(generator.Values{"ComputeType": computeType})) {
			if r.Type != "AWS::EC2::VPCEndpoint" {
				continue
			}
			service := fmt.Sprint("map[Fn::Sub:com.amazonaws.${AWS::Region}.", want[id], "]")
			templatetest.Properties(t, computeType, map[string]cfn.Resource{id: r}, map[string]any{
				id + " VpcId": vpc, id + " VpcEndpointType": "Interface",
				id + " PrivateDnsEnabled": true, id + " ServiceName": service,
				id + " SecurityGroupIds": "[map[Fn::GetAtt:[EndpointSecurityGroup GroupId]]]",
				id + " SubnetIds":        "[" + subnet1 + " " + subnet2 + "]",
				id + " PolicyDocument":   nil,
			})
			got[id] = want[id]
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", computeType, got, want)
		}
	}
}

// TestFlowLogIsLast checks that the flow log waits for every resource that can fail: once it
// delivers, the log bucket is not empty.
func TestFlowLogIsLast(t *testing.T) {
	endpoints := []string{
		"EcrApiEndpoint", "EcrDkrEndpoint", "EcsAgentEndpoint", "EcsEndpoint",
		"EcsTelemetryEndpoint", "LogBucketPolicy", "LogsEndpoint",
	}
	for name, test := range map[string]struct {
		values generator.Values
		want   []string
	}{
		"everything": {everything(nil), endpoints},
		"Fargate": {everything(generator.Values{"ComputeType": "FARGATE"}), []string{
			"EcrApiEndpoint", "EcrDkrEndpoint", "LogBucketPolicy", "LogsEndpoint"}},
		"the flow log alone": {generator.Values{"ExistingVpcId": vpc},
			[]string{"LogBucketPolicy"}},
		"a log bucket that is reused": {generator.Values{
			"ExistingVpcId": vpc, "ExistingLogBucketName": "my-logs"}, nil},
	} {
		for id, r := range resolve(t, test.values) {
			got, want := slices.Sorted(slices.Values(r.DependsOn)), test.want
			if id != "FlowLog" {
				want = nil
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s waits for %v, want %v", name, id, got, want)
			}
		}
	}
}

// TestLogBucketPolicy compares the whole policy: it denies requests without TLS, and lets each log
// service write to its folder for this account, if its log is turned on.
func TestLogBucketPolicy(t *testing.T) {
	deny := "Deny map[AWS:*] [s3:*] on [map[Fn::GetAtt:[LogBucket Arn]] " +
		"map[Fn::Sub:${LogBucket.Arn}/*]] if map[Bool:map[aws:SecureTransport:false]]"
	account := " StringEquals:map[aws:SourceAccount:map[Ref:AWS::AccountId]]]"
	access := "Allow map[Service:logging.s3.amazonaws.com] [s3:PutObject] on " +
		"[map[Fn::Sub:${LogBucket.Arn}/s3/*]] if map[ArnLike:map[aws:SourceArn:" +
		"map[Fn::Sub:arn:${AWS::Partition}:s3:::my-data]]" + account
	flow := "Allow map[Service:delivery.logs.amazonaws.com] " +
		"[s3:PutObject s3:GetBucketAcl s3:ListBucket] on [map[Fn::Sub:${LogBucket.Arn}/vpc/*] " +
		"map[Fn::GetAtt:[LogBucket Arn]]] if map[ArnLike:map[aws:SourceArn:map[Fn::Sub:" +
		"arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*]]" + account
	for name, test := range map[string]struct {
		values generator.Values
		want   []string
	}{
		"both logs": {everything(nil), []string{deny, access, flow}},
		"flow log":  {generator.Values{"ExistingVpcId": vpc}, []string{deny, flow}},
		"access log": {generator.Values{
			"ExistingBucketName": "my-data", "VpcFlowLog": "false"}, []string{deny, access}},
	} {
		var got []string
		policy := resolve(t, test.values)["LogBucketPolicy"]
		for _, s := range templatetest.At(policy, "PolicyDocument.Statement").([]any) {
			s := s.(map[string]any)
			got = append(got, fmt.Sprintf("%v %v %v on %v if %v", s["Effect"], s["Principal"],
				s["Action"], s["Resource"], s["Condition"]))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got\n%q\nwant\n%q", name, got, test.want)
		}
	}
}

// TestLogsStay checks that logs outlive the stack: everything else can be recreated at any time.
func TestLogsStay(t *testing.T) {
	for id, r := range resolve(t, everything(nil)) {
		stays := id == "LogBucket" || id == "LogBucketPolicy"
		if (r.DeletionPolicy == "RetainExceptOnCreate") != stays {
			t.Errorf("the DeletionPolicy of %s is %q", id, r.DeletionPolicy)
		}
	}
}

// TestOutput checks that the stack reports its log bucket, new or reused, if there are logs: the
// core stack uses the name.
func TestOutput(t *testing.T) {
	for name, test := range map[string]struct {
		values generator.Values
		want   string
	}{
		"new": {everything(nil), "map[LogBucketName:map[Ref:LogBucket]]"},
		"reused": {everything(generator.Values{"ExistingLogBucketName": "my-logs"}),
			"map[LogBucketName:my-logs]"},
		"no logs": {everything(generator.Values{
			"ExistingBucketName": "", "VpcFlowLog": "false"}), "map[]"},
	} {
		resolved, err := domain.Template.Resolve(test.values)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]any{}
		for _, o := range resolved.Outputs {
			got[o.ID] = o.Value
		}
		if fmt.Sprint(got) != test.want {
			t.Errorf("%s: got %v, want %s", name, got, test.want)
		}
	}
	config := hardening.Component.Configuration(map[string]string{"LogBucketName": "my-logs"})
	if len(config) > 0 {
		t.Errorf("Metaflow's configuration gets %v", config)
	}
}
