package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// TestLeftBehind has another tool create a stack of the first version, which retained its
// bucket in every case, and fail. The last line is a command that creates the stack with the
// bucket that is left.
func TestLeftBehind(t *testing.T) {
	isolateEnv(t)
	template, err := os.ReadFile(filepath.Join("testdata", "upgrade", "metaflow-1.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := firstVersion{}.seeded(t)
		s.server.FailCreate("NatGateway", "no")
		client := s.server.Client()
		name, value := "NewBucketName", "ours-data"
		if _, err := client.CreateStack(t.Context(), &cloudformation.CreateStackInput{
			StackName: aws.String("other"), TemplateBody: aws.String(string(template)),
			Capabilities: []types.Capability{types.CapabilityCapabilityIam},
			Parameters:   []types.Parameter{{ParameterKey: &name, ParameterValue: &value}},
		}); err != nil {
			t.Fatal(err)
		}
		s.exits(exitFailed, "watch", "other")
		lines := strings.Split(strings.TrimSpace(s.err.String()), "\n")
		last := lines[len(lines)-1]
		const want = "metaflow-cfn deploy other --existing-bucket-name ours-data"
		if last != "Fix the cause, then retry with what is left behind: "+want {
			t.Errorf("the last line is %q", last)
		}
		s.server.Heal("NatGateway")
		s.exits(exitOK, append(strings.Fields(want)[1:], "--yes")...)
		if got := s.server.Outputs("other")["BucketName"]; got != "ours-data" {
			t.Errorf("the bucket is %q", got)
		}
	})
}
