package review

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// TestPage looks for what a reviewer reads on the page of a stack in an existing VPC.
func TestPage(t *testing.T) {
	values := generator.Values{"ExistingVpcId": "vpc-0123456789abcdef0", "MaxvCpus": "64"}
	text, err := Page(core.Component, values, Notes{Difference: []byte("--- a\n+++ b\n-  <old>\n+  new\n same\n")})
	if err != nil {
		t.Fatal(err)
	}
	for _, wanted := range []string{
		"<td>VPC</td><td>vpc-0123456789abcdef0</td>",                                 // reused
		"<td>MaxvCpus</td><td>64</td><td>given</td>",                                 // and
		"<td>MinvCpus</td><td>0</td><td>default</td>",                                // not given
		"<td>CidrBlock</td><td>10.0.0.0/24</td>",                                     // a property
		"<td>when it is deleted</td><td>RetainExceptOnCreate</td>",                   // of the bucket
		"<td>Job queue</td><td>runs on</td><td>Compute environment</td>",             // a connection
		"<td>SecurityGroup</td><td>Egress</td><td>all</td><td>0.0.0.0/0</td><td>To ", // a rule
		"<td>Ingress</td><td>all</td><td>SecurityGroup</td>",                         // of its own resource
		"<del>-  &lt;old&gt;</del>", "<ins>+  new</ins>", "<span> same</span>",       // the difference
	} {
		if !strings.Contains(string(text), wanted) {
			t.Errorf("the page has no %s", wanted)
		}
	}
	if _, err := Page(core.Component, generator.Values{"ExistingPrivateSubnet1Id": "subnet-0123456789abcdef0"}, Notes{}); err == nil {
		t.Error("values that a rule refuses give a page")
	}
}

// TestDifference has no section without another file, and says it where nothing differs.
func TestDifference(t *testing.T) {
	for difference, wanted := range map[string]bool{"none": false, "": true} {
		given := []byte(difference)
		if !wanted {
			given = nil
		}
		text, err := Page(core.Component, nil, Notes{Difference: given})
		if err != nil || strings.Contains(string(text), "None: the other file has the same resources.") != wanted {
			t.Errorf("the page says that nothing differs: wanted %t, %v", wanted, err)
		}
	}
}

// tree returns a tree as templates have it.
func tree(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestSentence reads statements of policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
func TestSentence(t *testing.T) {
	for statement, wanted := range map[string]string{
		`{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": ["sts:AssumeRole"]}`: "Allows Service ecs-tasks.amazonaws.com to do sts:AssumeRole.",
		`{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [{"Fn::GetAtt": ["B", "Arn"]}],
		"Condition": {"Bool": {"aws:SecureTransport": "false"}, "NumericLessThan": {"s3:TlsVersion": "1.2"}}}`: "Denies * to do s3:* on ${B.Arn} if aws:SecureTransport Bool false and s3:TlsVersion NumericLessThan 1.2.",
		`{"Effect": "Allow", "NotPrincipal": {"AWS": ["a", "b"]}, "NotAction": "iam:*", "NotResource": {"Ref": "R"}}`: "Allows everyone but AWS a, b to do everything but iam:* on everything but ${R}.",
		`{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}`:                            "Allows s3:GetObject, s3:PutObject on *.",
	} {
		if found := sentence(tree(t, statement)); found != wanted {
			t.Errorf("found  %s\nwanted %s", found, wanted)
		}
	}
}

// TestText writes values and functions in one line.
func TestText(t *testing.T) {
	for value, wanted := range map[string]string{
		`{"v": {"Fn::Sub": "a-${B}"}}`:              "a-${B}",
		`{"v": {"Fn::GetAZs": ""}}`:                 `GetAZs ""`,
		`{"v": [1, true, "x"]}`:                     "1, true, x",
		`{"v": {"a": 1, "b": 2}}`:                   `{"a":1,"b":2}`,
		`{"v": {"Fn::Select": [0, {"Ref": "Az"}]}}`: `Select [0,{"Ref":"Az"}]`,
	} {
		if found := text(tree(t, value)["v"]); found != wanted {
			t.Errorf("%s is %q, wanted %q", value, found, wanted)
		}
	}
}

// TestRules reads rules of security groups.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-securitygroup-egress.html
func TestRules(t *testing.T) {
	for rule, wanted := range map[string]string{
		`{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}`:                                                     "all 0.0.0.0/0",
		`{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv6": "::/0"}`:                       "tcp 443 ::/0",
		`{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 9, "DestinationPrefixListId": {"Ref": "P"}}`:      "tcp 1-9 ${P}",
		`{"IpProtocol": "icmp", "SourceSecurityGroupId": {"Fn::GetAtt": ["S", "GroupId"]}, "x": "other"}`: "icmp ${S.GroupId}",
	} {
		if v := tree(t, rule); ports(v)+" "+peer(v) != wanted {
			t.Errorf("%s is %q, wanted %q", rule, ports(v)+" "+peer(v), wanted)
		}
	}
}
