package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/batch"
	"github.com/aws/aws-sdk-go-v2/service/batch/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// configure writes Metaflow's configuration of the stack, and looks up everything that it names.
func (m *moto) configure(t *testing.T, values generator.Values) {
	stdout := m.run(t, m.program, "configure", "metaflow")
	if want := "export AWS_DEFAULT_REGION=" + motoRegion + "\n"; stdout != want {
		t.Errorf("configure prints %q, want %q", stdout, want)
	}
	text, err := os.ReadFile(filepath.Join(m.home, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]string
	if err := json.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	lookUps := map[string]func(*testing.T, string) bool{
		"METAFLOW_DEFAULT_DATASTORE":      func(_ *testing.T, v string) bool { return v == "s3" },
		"METAFLOW_DEFAULT_METADATA":       func(_ *testing.T, v string) bool { return v == "local" },
		"METAFLOW_DATASTORE_SYSROOT_S3":   func(t *testing.T, v string) bool { return m.hasBucket(t, v, "/flows") },
		"METAFLOW_DATATOOLS_S3ROOT":       func(t *testing.T, v string) bool { return m.hasBucket(t, v, "/data-tools") },
		"METAFLOW_BATCH_JOB_QUEUE":        m.hasQueue,
		"METAFLOW_ECS_S3_ACCESS_IAM_ROLE": func(t *testing.T, v string) bool { return m.hasRole(t, v, "JobRole") },
	}
	if strings.HasPrefix(values["ComputeType"], "FARGATE") {
		lookUps["METAFLOW_ECS_FARGATE_EXECUTION_ROLE"] = func(t *testing.T, v string) bool { return m.hasRole(t, v, "ExecutionRole") }
	}
	for key, lookUp := range lookUps {
		if !lookUp(t, config[key]) {
			t.Errorf("%s: %q does not exist", key, config[key])
		}
		delete(config, key)
	}
	if len(config) > 0 {
		t.Errorf("the configuration has keys that the test does not check: %q", config)
	}
}

// hasBucket looks up the bucket of a URL.
func (m *moto) hasBucket(t *testing.T, url, folder string) bool {
	bucket, isURL := strings.CutPrefix(url, "s3://")
	bucket, isFolder := strings.CutSuffix(bucket, folder)
	for _, b := range ask(t, m.s3.ListBuckets, &s3.ListBucketsInput{}).Buckets {
		if *b.Name == bucket && isURL && isFolder {
			return true
		}
	}
	return false
}

// hasQueue looks up a job queue that accepts jobs.
func (m *moto) hasQueue(t *testing.T, arn string) bool {
	out := ask(t, m.batch.DescribeJobQueues, &batch.DescribeJobQueuesInput{JobQueues: []string{arn}})
	return len(out.JobQueues) == 1 && out.JobQueues[0].State == types.JQStateEnabled && out.JobQueues[0].Status == types.JQStatusValid
}

// hasRole looks up a role whose name contains the part.
func (m *moto) hasRole(t *testing.T, arn, part string) bool {
	for _, r := range ask(t, m.iam.ListRoles, &iam.ListRolesInput{}).Roles {
		if *r.Arn == arn && strings.Contains(*r.RoleName, part) {
			return true
		}
	}
	return false
}
