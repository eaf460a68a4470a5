package cfntest_test

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/cfntest"
)

func TestZ(t *testing.T) {
	srv := cfntest.New(cfntest.Options{Scale: 0.001})
	url := srv.Start(t)
	for _, args := range [][]string{
		{"sts", "get-caller-identity"},
		{"cloudformation", "validate-template", "--template-body", "file:///work/main/templates/metaflow.yaml"},
		{"cloudformation", "deploy", "--stack-name", "demo", "--template-file", "/work/main/templates/metaflow.yaml", "--capabilities", "CAPABILITY_IAM"},
		{"cloudformation", "describe-stacks", "--stack-name", "demo"},
		{"cloudformation", "deploy", "--stack-name", "demo", "--template-file", "/work/main/templates/metaflow.yaml", "--capabilities", "CAPABILITY_IAM"},
		{"cloudformation", "deploy", "--stack-name", "demo", "--template-file", "/work/main/templates/metaflow.yaml", "--capabilities", "CAPABILITY_IAM", "--parameter-overrides", "MaxvCpus=512"},
		{"cloudformation", "describe-events", "--stack-name", "demo", "--max-items", "2"},
		{"cloudformation", "list-stack-resources", "--stack-name", "demo", "--max-items", "2"},
		{"cloudformation", "delete-stack", "--stack-name", "demo"},
		{"cloudformation", "describe-stacks", "--stack-name", "nope"},
	} {
		cmd := exec.Command("aws", args...)
		cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+url, "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=x", "AWS_DEFAULT_REGION=eu-west-1")
		out, err := cmd.CombinedOutput()
		if len(out) > 3000 {
			out = out[:3000]
		}
		fmt.Println(args[1], err, string(out))
	}
	for _, e := range srv.Events("demo") {
		fmt.Println(e.At.Format("05.000"), e.LogicalID, e.PhysicalID, e.Status, e.Reason)
	}
	for _, c := range srv.Calls() {
		fmt.Println(c.N, c.Action, c.Effect, c.Code)
	}
}
