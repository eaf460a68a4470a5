package cfntest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func socketClient(t *testing.T, srv *cfntest.Server) *cloudformation.Client {
	cfg := srv.Config()
	cfg.BaseEndpoint, cfg.HTTPClient = aws.String(srv.Start(t)), nil
	return cloudformation.NewFromConfig(cfg)
}

func TestNoCallIsRepeatedOverASocket(t *testing.T) {
	t.Parallel()
	srv := cfntest.New(cfntest.Options{})
	srv.Seed(cfntest.Stack{Name: "demo", Template: network})
	c := socketClient(t, srv)
	const n = 100
	for range n {
		if _, err := c.DescribeStackEvents(t.Context(),
			&cloudformation.DescribeStackEventsInput{StackName: aws.String("demo")}); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(srv.Calls()); got != n {
		t.Errorf("%d calls arrived, want %d", got, n)
	}
}

func TestHangEndsWithTheServer(t *testing.T) {
	srv := cfntest.New(cfntest.Options{})
	url, stop, err := srv.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv.Fault("ListStacks", cfntest.Hang)
	done := make(chan error)
	go func() {
		cfg := srv.Config()
		cfg.BaseEndpoint, cfg.HTTPClient, cfg.RetryMaxAttempts = &url, nil, 1
		_, err := cloudformation.NewFromConfig(cfg).ListStacks(context.Background(),
			&cloudformation.ListStacksInput{})
		done <- err
	}()
	for len(srv.Calls()) == 0 {
		time.Sleep(time.Millisecond)
	}
	stop()
	if err := <-done; err == nil {
		t.Error("the call that hung succeeded")
	}
	if _, err := http.Get(url); err == nil {
		t.Error("the server still answers")
	}
}

func TestResetOverASocket(t *testing.T) {
	srv := cfntest.New(cfntest.Options{})
	c := socketClient(t, srv)
	srv.Fault("ListStacks", cfntest.ResetBefore, cfntest.Times(1))
	_, err := c.ListStacks(t.Context(), &cloudformation.ListStacksInput{},
		func(o *cloudformation.Options) { o.RetryMaxAttempts = 1 })
	if err == nil || !strings.Contains(err.Error(), "connection reset by peer") {
		t.Errorf("got %v", err)
	}
}

func TestOtherServices(t *testing.T) {
	srv := cfntest.New(cfntest.Options{})
	srv.Handle("POST /v1/describeschedulingpolicies", func(w http.ResponseWriter,
		_ *http.Request) {
		fmt.Fprint(w, `{"schedulingPolicies": []}`)
	})
	url := srv.Start(t)
	for path, want := range map[string]string{
		"/v1/describeschedulingpolicies": `{"schedulingPolicies": []}`,
		"/v1/other":                      "404 page not found\n",
	} {
		resp, err := http.Post(url+path, "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(body) != want {
			t.Errorf("%s: %q, %v", path, body, err)
		}
	}
}

// awsCLI runs the aws CLI against a server. Without the CLI the test is skipped, in CI it fails.
func awsCLI(t *testing.T, url string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("aws")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the aws CLI is not installed")
		}
		t.Skip("skipped: the aws CLI is not installed")
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+url, "AWS_ACCESS_KEY_ID=AKIDTEST",
		"AWS_SECRET_ACCESS_KEY=secret", "AWS_DEFAULT_REGION=eu-west-1",
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_PAGER=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("aws %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func TestTheAWSCLIDeploys(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: runs the AWS CLI")
	}
	t.Parallel()
	// Slow answers and quick stacks: the CLI's second poll comes 30 s after its first.
	srv := cfntest.New(cfntest.Options{Scale: 1e-6, Latency: 200 * time.Millisecond})
	url := srv.Start(t)
	file := filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(file, []byte(network), 0o600); err != nil {
		t.Fatal(err)
	}
	deploy := []string{"cloudformation", "deploy", "--stack-name", "demo", "--template-file", file}
	out := awsCLI(t, url, deploy...)
	if !strings.Contains(out, "Successfully created/updated stack - demo") {
		t.Errorf("deploy: %s", out)
	}
	awsCLI(t, url, append(deploy, "--parameter-overrides", "WithNat=false")...)
	var described struct {
		Stacks []struct {
			StackStatus string
			Outputs     []struct{ OutputKey, OutputValue string }
		}
	}
	if err := json.Unmarshal([]byte(awsCLI(t, url, "cloudformation", "describe-stacks", "--stack-name",
		"demo")), &described); err != nil {
		t.Fatal(err)
	}
	if st := described.Stacks[0]; st.StackStatus != "UPDATE_COMPLETE" || len(st.Outputs) != 1 ||
		!strings.HasPrefix(st.Outputs[0].OutputValue, "s3://demo-bucket-") {
		t.Errorf("described: %+v", st)
	}
	awsCLI(t, url, "cloudformation", "delete-stack", "--stack-name", "demo")
	time.Sleep(srv.Until("demo"))
	if got := srv.Status("demo"); got != "DELETE_COMPLETE" {
		t.Errorf("the stack is %s", got)
	}
}
