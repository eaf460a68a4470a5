package golden

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/pytool"
)

// regions are two of the oldest, two on other continents, and one of each other partition.
var regions = []string{"us-east-1", "us-west-2", "eu-west-1", "ap-southeast-2", "us-gov-west-1",
	"cn-north-1"}

func TestLintPublished(t *testing.T) {
	t.Parallel()
	for _, c := range components {
		if found := lint(t, "../templates/"+c.File+".yaml"); found != "" {
			t.Error(found)
		}
	}
}

func TestLintGoldens(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	if found := lint(t, files...); found != "" {
		t.Error(found)
	}
}

// TestLintFinds checks that the linter reports problems: one error, one warning and one notice,
// each put into a clean golden.
func TestLintFinds(t *testing.T) {
	t.Parallel()
	clean, err := os.ReadFile("core/default.yaml")
	if err != nil {
		t.Fatal(err)
	}
	broken := string(clean)
	for rule, change := range map[string][2]string{
		"E1010": {"!GetAtt Eip.AllocationId", "!GetAtt Eip.Allocation"},
		"W3010": {"!Select [0, !GetAZs '']", "us-east-1a"},
		"I3042": {"!Sub 'arn:${AWS::Partition}:s3:::${Bucket}/*'", "!Sub 'arn:aws:s3:::${Bucket}/*'"},
	} {
		if !strings.Contains(broken, change[0]) {
			t.Fatalf("%s: default.yaml no longer contains %s", rule, change[0])
		}
		broken = strings.Replace(broken, change[0], change[1], 1)
	}
	file := filepath.Join(t.TempDir(), "broken.yaml")
	if err := os.WriteFile(file, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	found := lint(t, file)
	for _, want := range []string{"E1010", "W3010", "I3042"} {
		if !strings.Contains(found, want) {
			t.Errorf("%s was put into the template and not found in:\n%s", want, found)
		}
	}
}

// lint returns the findings of cfn-lint in the files. RDS takes a major version alone, and then
// chooses the minor one: cfn-lint knows minor versions only (W3690, W3691).
func lint(t *testing.T, files ...string) string {
	t.Helper()
	args := append([]string{"--include-checks", "I", "E", "W", "--format", "parseable",
		"--ignore-checks", "W3690", "W3691", "--regions"},
		regions...)
	args = append(append(args, "--template"), files...)
	var out bytes.Buffer
	cmd := exec.Command(pytool.Find(t, "cfn-lint"), args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil && out.Len() == 0 {
		t.Fatalf("cfn-lint: %v", err)
	}
	return out.String()
}
