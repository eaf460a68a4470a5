package cfntest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// template reads a stack's template at a stage.
func (w *fixture) template(nameOrARN string, stage types.TemplateStage) string {
	w.Helper()
	out, err := w.c.GetTemplate(w.Context(), &cloudformation.GetTemplateInput{
		StackName: &nameOrARN, TemplateStage: stage})
	w.must(err)
	if !slices.Equal(out.StagesAvailable, types.TemplateStageOriginal.Values()) {
		w.Errorf("stages: %v", out.StagesAvailable)
	}
	return aws.ToString(out.TemplateBody)
}

func TestTemplateIsAnsweredAsSubmitted(t *testing.T) {
	// Leading and trailing space, tabs, carriage returns, and what XML escapes.
	const odd = "\n\t{\"Description\": \"<a> & 'b' \\\" é 😀\",\r\n \"Resources\": {\"A\": " +
		"{\"Type\": \"T\"}}}\r\n \n"
	for _, body := range []string{network, odd} {
		bubble(t, cfntest.Options{}, func(w *fixture) {
			w.create("demo", body)
			arn := w.srv.StackID("demo")
			w.delete("demo")
			for _, stage := range append(types.TemplateStageOriginal.Values(), "") {
				if got := w.template(arn, stage); got != body {
					t.Errorf("stage %q: got %q\nwant %q", stage, got, body)
				}
			}
			_, err := w.c.GetTemplate(w.Context(),
				&cloudformation.GetTemplateInput{StackName: aws.String("demo")})
			w.refused(err, "ValidationError", "Stack with id demo does not exist")
			_, err = w.c.GetTemplate(w.Context(), &cloudformation.GetTemplateInput{
				StackName: &arn, TemplateStage: "Final"})
			w.refused(err, "ValidationError", "Member must satisfy enum value set")
		})
	}
}

func TestTemplateOfAChangeSet(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		changed := network + "  New: {Value: more}\n"
		w.changeSet("demo", "one", "UPDATE", changed)
		out, err := w.c.GetTemplate(w.Context(), &cloudformation.GetTemplateInput{
			StackName: aws.String("demo"), ChangeSetName: aws.String("one")})
		w.must(err)
		if aws.ToString(out.TemplateBody) != changed || w.template("demo", "") != network {
			t.Errorf("change set: %s", aws.ToString(out.TemplateBody))
		}
		w.changeSet("new", "one", "CREATE", network)
		if got := w.template("new", ""); got != "" {
			t.Errorf("a stack in REVIEW_IN_PROGRESS has the template %q", got)
		}
	})
}

// foreign is a template of another tool, longer than a call may carry.
var foreign = "# " + strings.Repeat("long ", 12000) + `
Resources:
  VPC:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Store:
    Type: AWS::S3::Bucket
    DeletionPolicy: RetainExceptOnCreate
    Properties: {Tags: [{Key: vpc, Value: !Ref VPC}]}
  Database:
    Type: AWS::RDS::DBInstance
Outputs:
  Root: {Value: !Sub "s3://${Store}/flows"}
`

func TestSeedAnotherToolsTemplate(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.srv.Seed(cfntest.Stack{Name: "demo", Template: foreign, Resources: []cfntest.Resource{
			{LogicalID: "Store", PhysicalID: "old-data"},
			{LogicalID: "Extra", PhysicalID: "q-1", Type: "AWS::SQS::Queue", DeletionPolicy: "Retain"},
		}})
		if w.template("demo", "Original") != foreign || w.template("demo", "Processed") != foreign {
			t.Error("another template is answered")
		}
		if root := w.srv.Outputs("demo")["Root"]; root != "s3://old-data/flows" {
			t.Errorf("root %s", root)
		}
		if n := len(w.srv.Live("demo")); n != 4 {
			t.Errorf("%d resources", n)
		}
		w.delete("demo")
		if got := retained(w); got != "Store Extra" {
			t.Errorf("%q is retained", got)
		}
		if saved := w.srv.Snapshots(); len(saved) != 1 || saved[0].LogicalID != "Database" {
			t.Errorf("snapshots: %v", saved)
		}
	})
}

func TestSeedWhatTheServerCannotEvaluate(t *testing.T) {
	const transformed = "Transform: AWS::Serverless-2016-10-31\nResources: {F: {Type: " +
		"'AWS::Serverless::Function'}}\n"
	const processed = `{"Resources": {"F": {"Type": "AWS::Lambda::Function"}}}`
	for _, template := range []string{"", processed} {
		bubble(t, cfntest.Options{}, func(w *fixture) {
			w.srv.Seed(cfntest.Stack{Name: "demo", Original: transformed, Template: template,
				Resources: []cfntest.Resource{{LogicalID: "F", PhysicalID: "f",
					Type: "AWS::Lambda::Function"}}})
			if got := w.template("demo", "Original"); got != transformed {
				t.Errorf("original: %s", got)
			}
			want := template
			if want == "" {
				want = transformed
			}
			if got := w.template("demo", "Processed"); got != want {
				t.Errorf("processed: %s", got)
			}
			if live := w.srv.Live("demo"); len(live) != 1 || live[0].PhysicalID != "f" {
				t.Errorf("live: %v", live)
			}
		})
	}
}

func TestShortForms(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		out := w.changeSet("demo", "one", "CREATE", foreign[strings.Index(foreign, "Resources:"):])
		if len(out.Changes) != 3 {
			t.Errorf("%d changes", len(out.Changes))
		}
		w.must(w.execute("demo", "one", ""))
		w.settle("demo")
		if root := w.srv.Outputs("demo")["Root"]; !strings.HasPrefix(root, "s3://demo-store-") {
			t.Errorf("root %s", root)
		}
	})
}
