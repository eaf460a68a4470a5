package cfn_test

import (
	"strings"
	"testing"

	"github.com/awslabs/goformation/v7/cloudformation/batch"
	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/awslabs/goformation/v7/cloudformation/iam"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// TestSet lays values over the positions that a typed field cannot hold.
func TestSet(t *testing.T) {
	environment := &batch.ComputeEnvironment{
		Type: "MANAGED",
		ComputeResources: &batch.ComputeEnvironment_ComputeResources{
			MaxvCpus: 1, Type: "EC2", Subnets: []string{"subnet-1"},
		},
	}
	for _, test := range []struct {
		name  string
		typed cfn.Typed
		set   cfn.Set
		want  string
	}{
		{"integer", &batch.JobQueue{}, cfn.Set{"Priority": cfn.Ref("P")},
			`{"ComputeEnvironmentOrder":null,"Priority":{"Ref":"P"}}`},
		{"boolean", &ec2.Subnet{VpcId: "v"}, cfn.Set{"MapPublicIpOnLaunch": cfn.If("C", true, false)},
			`{"MapPublicIpOnLaunch":{"Fn::If":["C",true,false]},"VpcId":"v"}`},
		{"object", &ec2.LaunchTemplate{},
			cfn.Set{"LaunchTemplateData": cfn.If("C", map[string]any{"ImageId": cfn.Ref("I")}, cfn.NoValue)},
			`{"LaunchTemplateData":{"Fn::If":["C",{"ImageId":{"Ref":"I"}},{"Ref":"AWS::NoValue"}]}}`},
		{"map", &batch.JobQueue{}, cfn.Set{"Tags": cfn.If("C", map[string]any{"a": "b"}, cfn.NoValue)},
			`{"ComputeEnvironmentOrder":null,"Priority":0,` +
				`"Tags":{"Fn::If":["C",{"a":"b"},{"Ref":"AWS::NoValue"}]}}`},
		{"entry of a map", &batch.JobQueue{Tags: map[string]string{"a": "b"}},
			cfn.Set{"Tags.my-key": cfn.Ref("T")},
			`{"ComputeEnvironmentOrder":null,"Priority":0,"Tags":{"a":"b","my-key":{"Ref":"T"}}}`},
		{"list", &ec2.Instance{}, cfn.Set{"SecurityGroupIds": cfn.Ref("L")},
			`{"SecurityGroupIds":{"Ref":"L"}}`},
		{"item of a list", environment, cfn.Set{"ComputeResources.Subnets[0]": cfn.Ref("S")},
			`{"ComputeResources":{"MaxvCpus":1,"Subnets":[{"Ref":"S"}],"Type":"EC2"},"Type":"MANAGED"}`},
		{"next item of a list", environment, cfn.Set{"ComputeResources.Subnets[1]": cfn.Ref("S")},
			`{"ComputeResources":{"MaxvCpus":1,"Subnets":["subnet-1",{"Ref":"S"}],"Type":"EC2"},` +
				`"Type":"MANAGED"}`},
		{"nested, made on the way", &ec2.LaunchTemplate{},
			cfn.Set{"LaunchTemplateData.BlockDeviceMappings[0].Ebs.VolumeSize": cfn.Ref("V")},
			`{"LaunchTemplateData":{"BlockDeviceMappings":[{"Ebs":{"VolumeSize":{"Ref":"V"}}}]}}`},
		{"newer than the schema", environment,
			cfn.Set{"ComputeResources.+ScalingPolicy.MinScaleDownDelayMinutes": 20},
			`{"ComputeResources":{"MaxvCpus":1,"ScalingPolicy":{"MinScaleDownDelayMinutes":20},` +
				`"Subnets":["subnet-1"],"Type":"EC2"},"Type":"MANAGED"}`},
		{"free-form", &iam.Role{AssumeRolePolicyDocument: map[string]any{}},
			cfn.Set{"AssumeRolePolicyDocument.Statement[0].Effect": "Deny"},
			`{"AssumeRolePolicyDocument":{"Statement":[{"Effect":"Deny"}]}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			template := &cfn.Template{}
			template.Add(cfn.Resource{ID: "X"}, test.typed, test.set)
			if got := toJSON(t, template.Resources[0].Properties); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestSetErrors gives paths that lead nowhere.
func TestSetErrors(t *testing.T) {
	for _, test := range []struct {
		name, path string
		want       string
	}{
		{"unknown property", "MaxVCpus", "ComputeEnvironment has no property MaxVCpus"},
		{"unknown nested property", "ComputeResources.MaxVcpus",
			"ComputeEnvironment_ComputeResources has no property MaxVcpus"},
		{"below a number", "ComputeResources.MaxvCpus.Value", "int has no property Value"},
		{"known property with a plus", "ComputeResources.+MaxvCpus",
			"goformation has MaxvCpus: write it without the plus"},
		{"item of a value that is not a list", "ComputeResources.MaxvCpus[0]", "MaxvCpus is not a list"},
		{"position too far", "ComputeResources.Subnets[2]", "position 2 is beyond a list of 1"},
		{"position below zero", "ComputeResources.Subnets[-1]",
			`"Subnets[-1]" does not look like a property`},
		{"position that is not a number", "ComputeResources.Subnets[x]",
			`"Subnets[x]" does not look like a property`},
		{"position over all numbers", "ComputeResources.Subnets[99999999999999999999]",
			"is not a list position"},
		{"open bracket", "ComputeResources.Subnets[0", `"Subnets[0" does not look like a property`},
		{"empty", "", `"" does not look like a property`},
		{"empty step", "ComputeResources..MaxvCpus", `"" does not look like a property`},
		{"within a function", "ComputeResources.LaunchTemplate.Version",
			"Version is below something that is not an object"},
		{"item of a function", "ComputeResources.InstanceTypes[0]",
			"item 0 is below something that is not a list"},
		{"Go name of an own field", "AWSCloudFormationCondition",
			"has no property AWSCloudFormationCondition"},
	} {
		t.Run(test.name, func(t *testing.T) {
			template := &cfn.Template{}
			template.Add(cfn.Resource{ID: "X"}, &batch.ComputeEnvironment{
				Type: "MANAGED",
				ComputeResources: &batch.ComputeEnvironment_ComputeResources{
					Subnets: []string{"subnet-1"}, InstanceTypes: cfn.List(cfn.Ref("AWS::Region")),
				},
			}, cfn.Set{"ComputeResources.LaunchTemplate": cfn.Ref("AWS::Region"), test.path: "value"})
			err := template.Check()
			if err == nil || !strings.Contains(err.Error(), test.want) ||
				!strings.Contains(err.Error(), "X: ") {
				t.Errorf("got %v, want X and %q", err, test.want)
			}
			if _, err := template.Resolve(nil); err == nil {
				t.Error("Resolve took it")
			}
		})
	}
}

// TestAddErrors gives typed resources with what would be lost.
func TestAddErrors(t *testing.T) {
	for _, test := range []struct {
		name  string
		r     cfn.Resource
		typed cfn.Typed
		set   cfn.Set
		want  string
	}{
		{"condition in the struct", cfn.Resource{ID: "X"}, &ec2.VPC{AWSCloudFormationCondition: "C"}, nil,
			"X: Condition must be set in the Resource"},
		{"list function beside items", cfn.Resource{ID: "X"},
			&ec2.Instance{SecurityGroupIds: append(cfn.List(cfn.Ref("L")), "sg-1")}, nil,
			"X: a list function is beside other items"},
		{"value without JSON", cfn.Resource{ID: "X"}, &ec2.VPC{}, cfn.Set{"CidrBlock": func() {}},
			"X: CidrBlock: json: unsupported type"},
		{"metadata without JSON", cfn.Resource{ID: "X", Metadata: map[string]any{"a": func() {}}},
			&ec2.VPC{}, nil,
			"X: Metadata: json: unsupported type"},
	} {
		t.Run(test.name, func(t *testing.T) {
			template := &cfn.Template{}
			template.Add(test.r, test.typed, test.set)
			if err := template.Check(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
