package cfntest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// queue is a JSON template with every constraint of parameters.
const queue = `{
  "Parameters": {
    "Vpc":      {"Type": "AWS::EC2::VPC::Id", "Default": "", "AllowedPattern": "(vpc-[0-9a-f]+)?",
                 "ConstraintDescription": "a VPC ID like vpc-0123abcd"},
    "Name":     {"Type": "String", "Default": "jobs", "AllowedPattern": "[a-z]*",
                 "MinLength": 2, "MaxLength": 6},
    "Priority": {"Type": "Number", "Default": 1, "MinValue": 1, "MaxValue": 10},
    "Types":    {"Type": "CommaDelimitedList", "Default": "c5, m5",
                 "AllowedValues": ["c5", "m5", "r5"]},
    "State":    {"Type": "String", "Default": "ENABLED", "AllowedValues": ["ENABLED", "DISABLED"]}
  },
  "Rules": {
    "NamedWhenDisabled": {
      "RuleCondition": {"Fn::Equals": [{"Ref": "State"}, "DISABLED"]},
      "Assertions": [{
        "Assert": {"Fn::Not": [{"Fn::Contains": [["jobs", "queue"], {"Ref": "Name"}]}]},
        "AssertDescription": "a disabled queue needs a Name of its own"}]
    }
  },
  "Resources": {"Queue":
    {"Type": "AWS::Batch::JobQueue", "Properties": {"Priority": {"Ref": "Priority"}}}}
}`

func one(resource string) string { return `{"Resources": {"A": ` + resource + `}}` }

func manyResources(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `, "R%d": {"Type": "T"}`, i)
	}
	return b.String()
}

// refusals lists calls of CreateStack that are refused.
var refusals = []struct{ name, stack, body, pairs, code, message string }{
	{"name", "my_stack", queue, "", "ValidationError",
		"Value 'my_stack' at 'stackName' failed to satisfy constraint: Member must satisfy regular " +
			"expression pattern"},
	{"long name", strings.Repeat("a", 129), queue, "", "ValidationError",
		"Member must have length less than or equal to 128"},
	{"no template", "demo", "", "", "ValidationError",
		"Either Template URL or Template Body must be specified."},
	{"long template", "demo", queue + strings.Repeat(" ", 51200), "", "ValidationError",
		"at 'templateBody' failed to satisfy constraint: Member must have length less than or equal " +
			"to 51200"},
	{"YAML", "demo", "Resources: [", "", "ValidationError",
		"Template format error: YAML not well-formed."},
	{"scalar", "demo", "hello", "", "ValidationError", "Template format error: unsupported structure"},
	{"section", "demo", `{"Resource": {}, "Resources": {}}`, "", "ValidationError",
		"Invalid template property or properties [Resource]"},
	{"no resources", "demo", `{"Description": "x"}`, "", "ValidationError",
		"At least one Resources member must be defined."},
	{"no type", "demo", one(`{}`), "", "ValidationError",
		"[/Resources/A] Every Resources object must contain a Type member."},
	{"property of a resource", "demo", one(`{"Type": "AWS::EC2::VPC", "Depends": "B"}`), "",
		"ValidationError", "Invalid template resource property 'Depends'"},
	{"null", "demo", one(`{"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": null}}`), "",
		"ValidationError", "[/Resources/A/Properties/CidrBlock] 'null' values are not allowed in " +
			"templates"},
	{"reference", "demo", one(`{"Type": "AWS::EC2::VPC", "Metadata": {"After": [{"Ref": "B"}]}}`), "",
		"ValidationError", "Unresolved resource dependencies [B] in the Resources block of the template"},
	{"DependsOn", "demo", one(`{"Type": "AWS::EC2::VPC", "DependsOn": ["B"]}`), "", "ValidationError",
		"Unresolved resource dependencies [B] in the Resources block"},
	{"output", "demo", `{"Resources": {"A": {"Type": "AWS::EC2::VPC"}}, "Outputs": {"O": {"Value": ` +
		`{"Fn::Sub": "${B.Arn}"}}}}`, "", "ValidationError", "Unresolved resource dependencies [B] in " +
		"the Outputs block"},
	{"absent resource", "demo", `{"Conditions": {"No": {"Fn::Equals": ["a", "b"]}}, "Resources": ` +
		`{"A": {"Type": "T", "Condition": "No"}, "B": {"Type": "T", "Properties": {"P": {"Ref": "A"}}}}}`,
		"",
		"ValidationError", "Unresolved resource dependencies [A] in the Resources block"},
	{"condition", "demo", one(`{"Type": "AWS::EC2::VPC", "Condition": "C"}`), "", "ValidationError",
		"Unresolved condition dependency C in the Resources block of the template"},
	{"circle", "demo", `{"Resources": {"A": {"Type": "T", "DependsOn": "B"}, "B": {"Type": "T", ` +
		`"Properties": {"P": {"Fn::GetAtt": ["A", "Arn"]}}}}}`, "",
		"ValidationError", "Circular dependency between resources: [A, B]"},
	{"function", "demo", one(`{"Type": "T", "Properties": {"P": {"Fn::Cidr": []}}}`), "",
		"ValidationError", "Fn::Cidr is not modelled by this server"},
	{"transform", "demo", `{"Transform": "AWS::Serverless-2016-10-31", "Resources": {"A": {"Type": ` +
		`"T"}}}`, "", "InsufficientCapabilitiesException", "Requires capabilities : " +
		"[CAPABILITY_AUTO_EXPAND]"},
	{"many", "demo", `{"Resources": {"A": {"Type": "T"}` + manyResources(500) + `}}`, "",
		"ValidationError", "Number of resources, 501, is greater than maximum allowed, 500"},
	{"capability", "demo", one(`{"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}}`), "",
		"InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]"},
	{"missing", "demo", `{"Parameters": {"B": {"Type": "String"}, "A": {"Type": "String"}}, ` +
		`"Resources": {"V": {"Type": "T"}}}`, "", "ValidationError",
		"Parameters: [A, B] must have values"},
	{"unknown", "demo", queue, "Nmae=x", "ValidationError",
		"Parameters: [Nmae] do not exist in the template"},
	{"value", "demo", queue, "State=OFF", "ValidationError",
		"Parameter 'State' must be one of AllowedValues"},
	{"value of a list", "demo", queue, "Types=c5,x1", "ValidationError",
		"Parameter 'Types' must be one of AllowedValues"},
	{"pattern", "demo", queue, "Name=A1", "ValidationError",
		"Parameter 'Name' must match pattern [a-z]*"},
	{"described", "demo", queue, "Vpc=subnet-1", "ValidationError",
		"Parameter Vpc failed to satisfy constraint: a VPC ID like vpc-0123abcd"},
	{"short", "demo", queue, "Name=a", "ValidationError",
		"Parameter 'Name' must contain at least 2 characters"},
	{"long", "demo", queue, "Name=abcdefg", "ValidationError",
		"Parameter 'Name' must contain at most 6 characters"},
	{"no number", "demo", queue, "Priority=high", "ValidationError",
		"Parameter 'Priority' must be a number"},
	{"low", "demo", queue, "Priority=0", "ValidationError",
		"Parameter 'Priority' must be a number not less than 1"},
	{"high", "demo", queue, "Priority=11", "ValidationError",
		"Parameter 'Priority' must be a number not greater than 10"},
	{"rule", "demo", queue, "State=DISABLED", "ValidationError",
		"a disabled queue needs a Name of its own"},
}

func TestCreateRefuses(t *testing.T) {
	for _, test := range refusals {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, cfntest.Options{}, func(w *fixture) {
				in := &cloudformation.CreateStackInput{StackName: &test.stack,
					Capabilities: []types.Capability{types.CapabilityCapabilityIam}}
				if test.body != "" {
					in.TemplateBody = &test.body
				}
				if test.pairs != "" {
					in.Parameters = parameters([]string{test.pairs})
				}
				_, err := w.c.CreateStack(w.Context(), in)
				w.refused(err, test.code, test.message)
				if w.srv.Status(test.stack) != "" {
					t.Error("there is a stack")
				}
				if calls := w.srv.Mutations(); len(calls) != 1 || calls[0].Effect != "" ||
					calls[0].Code != test.code {
					t.Errorf("calls: %+v", calls)
				}
			})
		})
	}
}

func TestRuleHolds(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", queue, "State=DISABLED", "Name=mine")
		w.status("demo", "CREATE_COMPLETE")
	})
}

func TestRefusalsOfAStack(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		ctx, demo, none := w.Context(), aws.String("demo"), aws.String("none")
		_, err := w.c.DescribeStackEvents(ctx, &cloudformation.DescribeStackEventsInput{StackName: none})
		w.refused(err, "ValidationError", "Stack [none] does not exist")
		w.refused(w.update("none", network), "ValidationError", "Stack [none] does not exist")
		_, err = w.c.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: none})
		w.must(err)

		w.start("demo", network)
		w.refused(w.update("demo", network), "ValidationError",
			"Stack:"+w.srv.StackID("demo")+" is in CREATE_IN_PROGRESS state and can not be updated.")
		_, err = w.c.CreateStack(ctx, &cloudformation.CreateStackInput{StackName: demo,
			TemplateBody: aws.String(network)})
		w.refused(err, "AlreadyExistsException", "Stack [demo] already exists")
		w.start("demo", network) // the token of the first call: no error, no effect
		w.settle("demo")
		_, err = w.c.CreateChangeSet(ctx, &cloudformation.CreateChangeSetInput{StackName: demo,
			ChangeSetName: aws.String("one"), ChangeSetType: "CREATE", TemplateBody: aws.String(network)})
		w.refused(err, "ValidationError",
			"Stack [demo] already exists and cannot be created again with the changeSet [one].")
		_, err = w.c.CancelUpdateStack(ctx, &cloudformation.CancelUpdateStackInput{StackName: demo})
		w.refused(err, "ValidationError", "CancelUpdateStack cannot be called from current stack status")
		_, err = w.c.UpdateStack(ctx, &cloudformation.UpdateStackInput{StackName: demo,
			TemplateBody: aws.String(network), Parameters: parameters([]string{"WithNat=false"}),
			ClientRequestToken: aws.String("create-demo")})
		w.refused(err, "TokenAlreadyExistsException", "create-demo")

		_, err = w.c.UpdateTerminationProtection(ctx,
			&cloudformation.UpdateTerminationProtectionInput{StackName: demo,
				EnableTerminationProtection: aws.Bool(true)})
		w.must(err)
		_, err = w.c.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: demo})
		w.refused(err, "ValidationError",
			"Stack [demo] cannot be deleted while TerminationProtection is enabled")
		if !w.srv.Protected("demo") {
			t.Error("not protected")
		}
		w.must(w.update("demo", network, "WithNat=false"))
		_, err = w.c.UpdateTerminationProtection(ctx,
			&cloudformation.UpdateTerminationProtectionInput{StackName: demo,
				EnableTerminationProtection: aws.Bool(false)})
		w.must(err)
		_, err = w.c.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: demo})
		w.refused(err, "ValidationError", "cannot be deleted while in status UPDATE_IN_PROGRESS")
	})
}

func TestUnknownAction(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		_, err := w.c.ListTypes(w.Context(), &cloudformation.ListTypesInput{})
		w.refused(err, "InvalidAction", "Could not find operation ListTypes for version 2010-05-15")
	})
}
