package summary_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
	"github.com/metaflow-cfn/metaflow-cfn/generator/summary"
)

func TestSummary(t *testing.T) {
	for _, test := range []struct {
		name string
		c    *generator.Component
		v    generator.Values
		want string
	}{
		{"default", core.Component, nil, `
network: VPC 10.0.0.0/16, internet gateway, 2 × public subnet 10.0.0.0/24 10.0.2.0/24, Elastic IP address, NAT gateway, 2 × private subnet 10.0.1.0/24 10.0.3.0/24, S3 gateway endpoint, security group
storage: bucket
compute: launch template, compute environment EC2, job queue
access: job role, instance role, instance profile
kept: Bucket
rule: SecurityGroup Egress all 0.0.0.0/0
rule: SecurityGroup Ingress all SecurityGroup
statements: BucketPolicy JobRole InstanceRole`},
		{"second queue", core.Component, generator.Values{"ExistingBucketName": "data",
			"ExistingJobRoleArn":         "arn:aws:iam::123456789012:role/jobs",
			"ExistingInstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/instances",
			"ExistingVpcId":              "vpc-0a1b2c3d", "ExistingSecurityGroupId": "sg-0a1b2c3d",
			"ExistingPrivateSubnet1Id": "subnet-0a1b2c3d", "ExistingPrivateSubnet2Id": "subnet-0a1b2c3e"}, `
compute: launch template, compute environment EC2, job queue
reused: bucket data
reused: job role arn:aws:iam::123456789012:role/jobs
reused: instance profile arn:aws:iam::123456789012:instance-profile/instances
reused: security group sg-0a1b2c3d
reused: VPC vpc-0a1b2c3d
reused: private subnet subnet-0a1b2c3d
reused: private subnet subnet-0a1b2c3e`},
		{"zones", core.Component, generator.Values{"AvailabilityZone1": "us-east-1a",
			"AvailabilityZone2": "us-east-1b", "ComputeSubnets": "public", "BucketEncryption": "AES256"}, `
network: VPC 10.0.0.0/16, internet gateway, 2 × public subnet 10.0.0.0/24 10.0.2.0/24, S3 gateway endpoint, security group
storage: bucket
compute: launch template, compute environment EC2, job queue
access: job role, instance role, instance profile
zones: us-east-1a us-east-1b
kept: Bucket
rule: SecurityGroup Egress all 0.0.0.0/0
rule: SecurityGroup Ingress all SecurityGroup
statements: BucketPolicy JobRole InstanceRole`},
		{"database", service.Component, generator.Values{"ExistingVpcId": "vpc-0a1b2c3d",
			"ExistingSecurityGroupId":  "sg-0a1b2c3d",
			"ExistingPrivateSubnet1Id": "subnet-0a1b2c3d", "ExistingPrivateSubnet2Id": "subnet-0a1b2c3e"},
			`kept: a snapshot of Database`},
	} {
		s, err := summary.Of(test.c, test.v)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got := text(s); !strings.Contains(got, test.want) {
			t.Errorf("%s: got%s\nwant%s", test.name, got, test.want)
		}
	}
	if _, err := summary.Of(core.Component, generator.Values{"Unknown": "1"}); err == nil {
		t.Error("a parameter that does not exist is accepted")
	}
}

// text returns a summary in lines.
func text(s *summary.Summary) string {
	var b strings.Builder
	for _, l := range s.New {
		fmt.Fprintf(&b, "\n%s: %s", l.Area, l.Text)
	}
	if len(s.Zones) > 0 {
		fmt.Fprintf(&b, "\nzones: %s", strings.Join(s.Zones, " "))
	}
	for _, r := range s.Reused {
		b.WriteString("\nreused: " + r)
	}
	for _, k := range s.Kept {
		b.WriteString("\nkept: " + k)
	}
	for _, r := range s.Rules {
		fmt.Fprintf(&b, "\nrule: %s %s %s %s", r.Group, r.Direction, r.Protocol, r.Peer)
	}
	var ids []string
	for _, one := range s.Statements {
		if len(ids) == 0 || ids[len(ids)-1] != one.Resource {
			ids = append(ids, one.Resource)
		}
	}
	if len(ids) > 0 {
		b.WriteString("\nstatements: " + strings.Join(ids, " "))
	}
	return b.String()
}
