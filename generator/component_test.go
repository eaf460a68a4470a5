package generator_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/awslabs/goformation/v7/cloudformation/s3"
	"github.com/awslabs/goformation/v7/cloudformation/sqs"
	"github.com/sebdah/goldie/v2"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
	"github.com/metaflow-cfn/metaflow-cfn/iampolicy"
)

// existingQueue and retention are the parameters of the example.
var (
	existingQueue = &generator.Parameter{
		Name: "ExistingQueueUrl", WhenEmpty: "a new queue",
		Doc: "Queue of messages to reuse.",
		Format: generator.Format{
			Pattern:  `https://sqs\.[a-z0-9-]+\.amazonaws\.com/\d{12}/[\w-]{1,80}`,
			Expected: "a queue URL like https://sqs.us-east-1.amazonaws.com/123456789012/name",
		},
	}
	retention = &generator.Parameter{
		Name: "RetentionSeconds", Kind: generator.Number, Default: "345600", Min: 60, Max: 1209600,
		Doc: "Seconds that the new queue keeps a message.",
	}
	exampleNeeds = generator.Needs{
		{ID: "Queue", Noun: "queue", Existing: existingQueue, Shared: true},
	}
)

// example is a component that exists only in this test: a new template needs two tables and a few
// lines. The tests of the tables check it together with the published components.
var example = &generator.Component{
	Name: "example", File: "example",
	Description: "A queue of messages.",
	Intro:       "A queue of messages.",
	Groups: []generator.Group{
		{Label: "Messages", Parameters: []*generator.Parameter{existingQueue, retention}},
	},
	Needs: exampleNeeds,
	Outputs: []generator.Output{{
		Name: "QueueUrl", Key: "METAFLOW_EXAMPLE_QUEUE", Doc: "Queue of the messages.",
		Value: exampleNeeds.Reference("Queue"),
	}},
	Build: func(b *generator.Builder) {
		b.Create("Queue", "Holds messages.", &sqs.Queue{
			Tags: standard.NameTags("messages"),
		}, cfn.Set{"MessageRetentionPeriod": retention.Ref()})
	},
}

// TestExample compares everything that is derived from the tables with reviewed files: the
// template, its references, and its resolved form.
func TestExample(t *testing.T) {
	resolved := func(values generator.Values) func() ([]byte, error) {
		return func() ([]byte, error) {
			out, err := example.Template().Resolve(values)
			if err != nil {
				return nil, err
			}
			return out.YAML()
		}
	}
	reference := func(format string) func() ([]byte, error) {
		return func() ([]byte, error) { return example.Reference(format) }
	}
	files := map[string]func() ([]byte, error){
		"template.yaml": example.Template().YAML,
		"new.yaml":      resolved(generator.Values{"RetentionSeconds": "60"}),
		"reused.yaml":   resolved(generator.Values{"ExistingQueueUrl": queueURL}),
		"table.txt":     reference("table"), "parameters.json": reference("json"),
		"parameters.md": reference("markdown"), "schema.json": reference("schema"),
		"outputs.md": func() ([]byte, error) { return []byte(example.OutputsPage()), nil },
	}
	golden := goldie.New(t, goldie.WithFixtureDir("testdata/example"), goldie.WithNameSuffix(""))
	for file, made := range files {
		text, err := made()
		if err != nil {
			t.Fatal(err)
		}
		golden.Assert(t, file, text)
	}
	found, err := os.ReadDir("testdata/example")
	if err != nil || len(found) != len(files) {
		t.Errorf("%d files, want %d: %v", len(found), len(files), err)
	}
}

const queueURL = "https://sqs.us-east-1.amazonaws.com/123456789012/messages"

// TestExampleMessages compares the messages about values of the example.
func TestExampleMessages(t *testing.T) {
	if flags := []string{existingQueue.Flag(), retention.Flag()}; !slices.Equal(flags,
		[]string{"existing-queue-url", "retention-seconds"}) {
		t.Errorf("the flags are %v", flags)
	}
	for _, test := range []struct {
		values    generator.Values
		want      string
		cautioned []string
	}{
		{nil, "", nil},
		{generator.Values{"ExistingQueueUrl": queueURL, "RetentionSeconds": "60"}, "",
			[]string{"RetentionSeconds has no effect: no queue is created"}},
		{generator.Values{"ExistingQueueUrl": "messages"}, `ExistingQueueUrl: "messages" is not a ` +
			"queue URL like https://sqs.us-east-1.amazonaws.com/123456789012/name", nil},
		{generator.Values{"RetentionSeconds": "59", "RetentionSecond": "60"},
			`parameter "RetentionSecond" is unknown: did you mean RetentionSeconds?` + "\n" +
				"RetentionSeconds: 59 is not from 60 to 1209600", nil},
	} {
		err := example.Check(test.values)
		if (err == nil) != (test.want == "") || err != nil && err.Error() != test.want {
			t.Errorf("%v: got\n%v\nwant\n%s", test.values, err, test.want)
			continue
		}
		if err != nil {
			continue
		}
		if got := example.Warnings(test.values, test.values); !slices.Equal(got, test.cautioned) {
			t.Errorf("%v: got %q, want %q", test.values, got, test.cautioned)
		}
	}
	file, err := example.ReadFile("q.yaml", []byte("Parameters:\n  RetentionSeconds: 60\n"))
	if err != nil || !maps.Equal(file.Parameters, generator.Values{"RetentionSeconds": "60"}) {
		t.Errorf("the parameter file reads as %v, %v", file.Parameters, err)
	}
}

// TestExampleConfiguration checks that the outputs set Metaflow's configuration.
func TestExampleConfiguration(t *testing.T) {
	got := example.Configuration(map[string]string{"QueueUrl": queueURL, "Other": "x"})
	if want := map[string]string{"METAFLOW_EXAMPLE_QUEUE": queueURL}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !example.Describes("A queue of messages.") || example.Describes("Something else.") {
		t.Error("stacks are not recognised by their description")
	}
}

// TestExampleFrom takes the queue of another stack, created or reused.
func TestExampleFrom(t *testing.T) {
	for name, source := range map[string]generator.Source{
		"created": {Resources: map[string]string{"Queue": queueURL}},
		"reused":  {Parameters: generator.Values{"ExistingQueueUrl": queueURL}},
	} {
		source.Stack, source.Component = "messages", example
		taken, lacking := example.From(source)
		if len(taken) != 1 || taken[0].Parameter != existingQueue || taken[0].Value != queueURL ||
			len(lacking) > 0 {
			t.Errorf("%s: got %+v, lacking %v", name, taken, lacking)
		}
	}
}

// TestExamplePolicies prints the policies for a stack of the example. The service role needs a row
// in the table of permissions for each resource type: the error names the type and the table. If
// every type has a row, the policy contains exactly these actions.
func TestExamplePolicies(t *testing.T) {
	for _, kind := range iampolicy.Policies() {
		text, _, err := iampolicy.Policy(example, kind, "messages", nil)
		if kind == "service-role" {
			const want = "AWS::SQS::Queue of Queue: the permissions that its handlers need are not " +
				"known; add a row to the table in iampolicy/permissions.go"
			if err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		} else if err != nil || !json.Valid(text) {
			t.Errorf("%s: %v: %s", kind, err, text)
		}
	}
	bucket := &generator.Component{
		Name: "bucket", Groups: example.Groups, Build: func(b *generator.Builder) {
			b.Add(cfn.Resource{ID: "Archive"}, &s3.Bucket{}, nil)
		},
	}
	text, _, err := iampolicy.Policy(bucket, "service-role", "messages", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"s3:CreateBucket", "arn:aws:s3:::messages-archive-*"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
	for _, other := range []string{"ec2:", "batch:", "iam:", "sqs:"} {
		if strings.Contains(string(text), `"`+other) {
			t.Errorf("%s is in %s", other, text)
		}
	}
}
