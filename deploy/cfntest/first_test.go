package cfntest_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/cfntest"
)

const tmpl = `
Parameters:
  Cidr: {Type: String, Default: 10.0.0.0/16}
  WithNat: {Type: String, Default: "true"}
Conditions:
  Nat: !Equals [!Ref WithNat, "true"]
Resources:
  VPC: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: !Ref Cidr}}
  Subnet: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !Ref VPC, CidrBlock: 10.0.0.0/24}}
  Address: {Type: "AWS::EC2::EIP", Condition: Nat, Properties: {Domain: vpc}}
  NatGateway: {Type: "AWS::EC2::NatGateway", Condition: Nat, Properties: {SubnetId: !Ref Subnet, AllocationId: !GetAtt Address.AllocationId}}
  Bucket: {Type: "AWS::S3::Bucket", DeletionPolicy: Retain}
Outputs:
  Root: {Value: !Sub "s3://${Bucket}/flows"}
  BucketArn: {Value: !GetAtt Bucket.Arn}
`

func TestFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		srv := cfntest.New(cfntest.Options{PageSize: 5})
		c := srv.Client()
		show := func() {
			var evs []types.StackEvent
			p := cloudformation.NewDescribeStackEventsPaginator(c, &cloudformation.DescribeStackEventsInput{StackName: aws.String(srv.StackID("demo"))})
			for p.HasMorePages() {
				out, err := p.NextPage(ctx)
				if err != nil {
					t.Fatal(err)
				}
				evs = append(evs, out.StackEvents...)
			}
			for i := len(evs) - 1; i >= 0; i-- {
				e := evs[i]
				fmt.Println(e.Timestamp.Format("15:04:05.000"), *e.LogicalResourceId, aws.ToString(e.PhysicalResourceId), e.ResourceStatus, aws.ToString(e.ResourceStatusReason), aws.ToString(e.ClientRequestToken))
			}
			fmt.Println(srv.Status("demo"), srv.Outputs("demo"), srv.Live("demo"))
		}
		run := func(kind types.ChangeSetType, name string, params ...types.Parameter) {
			_, err := c.CreateChangeSet(ctx, &cloudformation.CreateChangeSetInput{StackName: aws.String("demo"), ChangeSetName: &name, ChangeSetType: kind, TemplateBody: aws.String(tmpl), Parameters: params})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(3 * time.Second)
			d, err := c.DescribeChangeSet(ctx, &cloudformation.DescribeChangeSetInput{StackName: aws.String("demo"), ChangeSetName: &name, IncludePropertyValues: aws.Bool(true)})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Println(d.Status, aws.ToString(d.StatusReason))
			for _, ch := range d.Changes {
				rc := ch.ResourceChange
				fmt.Println(" ", rc.Action, *rc.LogicalResourceId, rc.Replacement, rc.PolicyAction, rc.Scope)
				for _, dd := range rc.Details {
					fmt.Println("     ", dd.ChangeSource, aws.ToString(dd.CausingEntity), dd.Evaluation, dd.Target.Attribute, aws.ToString(dd.Target.Path), aws.ToString(dd.Target.BeforeValue), aws.ToString(dd.Target.AfterValue), dd.Target.RequiresRecreation)
				}
			}
			if d.Status == "FAILED" {
				return
			}
			if _, err := c.ExecuteChangeSet(ctx, &cloudformation.ExecuteChangeSetInput{StackName: aws.String("demo"), ChangeSetName: &name, ClientRequestToken: aws.String("tok-" + name)}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(srv.Until("demo"))
		}
		run("CREATE", "one")
		show()
		run("UPDATE", "two")
		run("UPDATE", "three", types.Parameter{ParameterKey: aws.String("Cidr"), ParameterValue: aws.String("10.1.0.0/16")})
		show()
		srv.FailUpdate("Subnet", "no way")
		run("UPDATE", "four", types.Parameter{ParameterKey: aws.String("Cidr"), ParameterValue: aws.String("10.2.0.0/16")})
		show()
		_, err := c.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: aws.String("demo")})
		fmt.Println(err)
		time.Sleep(srv.Until("demo"))
		show()
		fmt.Println(srv.Retained())
		srv.FailCreate("NatGateway", "quota")
		run("CREATE", "one")
		show()
		for _, call := range srv.Mutations() {
			fmt.Println(call.N, call.Action, call.Effect, call.Code)
		}
	})
}
