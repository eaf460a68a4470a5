package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/metaflow-cfn/metaflow-cfn/internal/pytool"
)

// testCompanions deploys a scheduler and a metadata service beside a core stack, and writes one
// configuration, of which every value is looked up. The database is one that exists: moto has no
// secrets in CloudFormation, and so no password for a new one.
func (m *moto) testCompanions(t *testing.T) {
	m.reset(t)
	m.deploy(t, merged(m.serviceRole(t), onDemand))
	core := m.resources(t, "metaflow")
	m.deployBeside(t, "scheduler", "--execution-log", "true")
	m.deployBeside(t, "service", "--existing-database-host", "database.example.com",
		"--existing-database-secret-arn",
		"arn:aws:secretsmanager:us-east-1:123456789012:secret:database-a1b2c3")
	for id, physical := range m.resources(t, "metaflow") {
		if core[id] != physical {
			t.Errorf("%s of the core stack was %q, and is %q", id, core[id], physical)
		}
	}
	m.run(t, m.program, "configure", "metaflow", "metaflow-scheduler", "metaflow-service")
	text, err := os.ReadFile(filepath.Join(m.home, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]string
	if err := json.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	equals := func(want string) func(*testing.T, string) bool {
		return func(_ *testing.T, v string) bool { return v == want }
	}
	role := func(part string) func(*testing.T, string) bool {
		return func(t *testing.T, v string) bool { return m.hasRole(t, v, part) }
	}
	folder := func(name string) func(*testing.T, string) bool {
		return func(t *testing.T, v string) bool { return m.hasBucket(t, v, name) }
	}
	for key, lookUp := range map[string]func(*testing.T, string) bool{
		"METAFLOW_BATCH_JOB_QUEUE":             m.hasQueue,
		"METAFLOW_DATASTORE_SYSROOT_S3":        folder("/flows"),
		"METAFLOW_DATATOOLS_S3ROOT":            folder("/data-tools"),
		"METAFLOW_DEFAULT_DATASTORE":           equals("s3"),
		"METAFLOW_DEFAULT_METADATA":            equals("service"),
		"METAFLOW_ECS_S3_ACCESS_IAM_ROLE":      role("metaflow-JobRole"),
		"METAFLOW_EVENTS_SFN_ACCESS_IAM_ROLE":  role("metaflow-scheduler-EventBridgeRole"),
		"METAFLOW_SERVICE_INTERNAL_URL":        m.hasService,
		"METAFLOW_SERVICE_URL":                 m.hasService,
		"METAFLOW_SFN_DYNAMO_DB_TABLE":         m.hasTable,
		"METAFLOW_SFN_EXECUTION_LOG_GROUP_ARN": m.hasLogGroup,
		"METAFLOW_SFN_IAM_ROLE":                role("metaflow-scheduler-StepFunctionsRole"),
		"METAFLOW_SFN_STATE_MACHINE_PREFIX":    equals("metaflow"),
	} {
		if !lookUp(t, config[key]) {
			t.Errorf("%s: %q does not exist", key, config[key])
		}
		delete(config, key)
	}
	if len(config) > 0 {
		t.Errorf("the configuration has keys that the test does not check: %q", config)
	}
}

// deployBeside deploys a stack of another component beside the core stack.
func (m *moto) deployBeside(t *testing.T, component string, flags ...string) {
	t.Helper()
	stack := "metaflow-" + component
	m.run(t, m.program, append([]string{component, "deploy", stack, "--yes", "--from", "metaflow",
		"--no-termination-protection"}, flags...)...)
	m.tellOutputsOf(t, stack)
}

// hasTable looks up a table whose key is the pathspec.
func (m *moto) hasTable(t *testing.T, name string) bool {
	return m.aws(t, "dynamodb", "describe-table", "--table-name", name,
		"--query", "Table.KeySchema[].AttributeName") == "pathspec"
}

// hasService looks up the internal load balancer of a URL, with a listener at its port.
func (m *moto) hasService(t *testing.T, url string) bool {
	host, isURL := strings.CutPrefix(url, "http://")
	host, isAPI := strings.CutSuffix(host, "/api")
	found := strings.Fields(m.aws(t, "elbv2", "describe-load-balancers", "--query",
		"LoadBalancers[?Scheme=='internal'].[DNSName,LoadBalancerArn]"))
	i := slices.Index(found, host)
	return isURL && isAPI && i >= 0 && m.aws(t, "elbv2", "describe-listeners",
		"--load-balancer-arn", found[i+1], "--query", "Listeners[].[Port,Protocol]") == "80\tHTTP"
}

// hasLogGroup looks up a log group by its ARN.
func (m *moto) hasLogGroup(t *testing.T, arn string) bool {
	groups := ask(t, m.logs.DescribeLogGroups, &cloudwatchlogs.DescribeLogGroupsInput{}).LogGroups
	for _, g := range groups {
		if strings.TrimSuffix(*g.Arn, ":*") == strings.TrimSuffix(arn, ":*") {
			return true
		}
	}
	return false
}

// aws runs the AWS CLI, and returns what it prints as text.
func (m *moto) aws(t *testing.T, args ...string) string {
	t.Helper()
	return strings.TrimSpace(m.run(t, pytool.Find(t, "aws"), append(args, "--output", "text")...))
}
