package command

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	batchtypes "github.com/aws/aws-sdk-go-v2/service/batch/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// motoVerified are the stacks whose queues are verified.
var motoVerified = []struct {
	name  string
	given func(m *moto, t *testing.T) generator.Values
}{
	{"EC2", func(m *moto, t *testing.T) generator.Values { return merged(m.serviceRole(t), onDemand) }},
	{"Fargate", func(m *moto, t *testing.T) generator.Values {
		return merged(m.serviceRole(t), generator.Values{"ComputeType": "FARGATE"})
	}},
	{"queue reused", (*moto).givenQueue},
}

// testVerify verifies queues of moto, whose jobs succeed without a container: the test does what the
// command of the container says. Neither a job, a definition nor an object is left.
func (m *moto) testVerify(t *testing.T) {
	m.proxy.container = func(command []string) { m.putObject(t, command) }
	defer func() { m.proxy.container = nil }()
	for _, test := range motoVerified {
		t.Run(test.name, func(t *testing.T) {
			m.reset(t)
			m.withoutDocker(t)
			m.deploy(t, test.given(m, t))
			m.verify(t, "metaflow")
		})
	}
	t.Run("second queue", func(t *testing.T) {
		m.reset(t)
		m.withoutDocker(t)
		values := merged(m.serviceRole(t), onDemand)
		m.deploy(t, values)
		m.run(t, m.program, append([]string{"deploy", "second", "--yes", "--no-termination-protection",
			"--from", "metaflow"}, flagsOf(values)...)...)
		m.tellOutputsOf(t, "second")
		m.verify(t, "second")
	})
}

// withoutDocker lets the jobs of moto succeed at once.
func (m *moto) withoutDocker(t *testing.T) {
	r, err := http.Post(m.endpoint+"/moto-api/config", "application/json",
		strings.NewReader(`{"batch": {"use_docker": false}}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode >= 300 {
		t.Fatal(r.Status)
	}
}

// putObject does what the command "s3api put-object" of the container says.
func (m *moto) putObject(t *testing.T, command []string) {
	given := map[string]string{}
	for i := 2; i+1 < len(command); i += 2 {
		given[command[i]] = command[i+1]
	}
	name, value, _ := strings.Cut(given["--metadata"], "=")
	ask(t, m.s3.PutObject, &s3.PutObjectInput{
		Bucket: aws.String(given["--bucket"]), Key: aws.String(given["--key"]),
		Metadata: map[string]string{name: value},
	})
}

// verify verifies a stack.
func (m *moto) verify(t *testing.T, stack string) {
	_, said, code := m.exit(t, m.program, "verify", stack)
	for _, want := range []string{"  ok       job queue: ", "  ok       bucket: ", "  ok       job role: ",
		"  SUCCEEDED\n", "  ok       data: the job has written s3://", "OK " + stack + " runs jobs ("} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in:\n%s", want, said)
		}
	}
	if code != exitOK || strings.Contains(said, "left: ") {
		t.Errorf("exit %d:\n%s", code, said)
	}
	found := ask(t, m.batch.DescribeJobDefinitions, &batch.DescribeJobDefinitionsInput{
		Status: aws.String("ACTIVE")})
	if len(found.JobDefinitions) > 0 {
		t.Errorf("the definition %s is active", *found.JobDefinitions[0].JobDefinitionName)
	}
	for _, status := range []batchtypes.JobStatus{"RUNNABLE", "STARTING", "RUNNING"} {
		jobs := ask(t, m.batch.ListJobs, &batch.ListJobsInput{JobStatus: status,
			JobQueue: aws.String(m.outputs(t, stack)["BatchJobQueue"])})
		if len(jobs.JobSummaryList) > 0 {
			t.Errorf("a job is %s", status)
		}
	}
	bucket := aws.String(m.outputs(t, "metaflow")["BucketName"])
	if n := len(ask(t, m.s3.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: bucket}).Contents); n > 0 {
		t.Errorf("%d objects are left", n)
	}
}
