package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/pytool"
)

// flowStandIn stands in for the module of Metaflow, which is not a tool of these tests. It runs the
// steps in their order on one object, so that artifacts are attributes, as in Metaflow.
const flowStandIn = `
def step(f):
    f.is_step = True
    return f

class FlowSpec:
    def __init__(self):
        todo = self.start
        while todo:
            assert todo.is_step, todo
            self._next = None
            todo()
            todo = self._next
        assert todo is None

    def next(self, to):
        self._next = to
`

// TestExampleFlow runs the example flow, on this computer and as in a job of AWS Batch.
func TestExampleFlow(t *testing.T) {
	t.Parallel()
	python := pytool.Find(t, "python3")
	modules := t.TempDir()
	if err := os.WriteFile(filepath.Join(modules, "metaflow.py"), []byte(flowStandIn), 0o600); err != nil {
		t.Fatal(err)
	}
	for variable, want := range map[string]string{
		"AWS_BATCH_JOB_ID=":         "hello from this computer: ",
		"AWS_BATCH_JOB_ID=0a1b2c3d": "hello from job 0a1b2c3d of AWS Batch: ",
	} {
		cmd := exec.Command(python, filepath.Join("..", "..", "examples", "hello_batch.py"))
		cmd.Env = append(os.Environ(), "PYTHONPATH="+modules, "PYTHONDONTWRITEBYTECODE=1", variable)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), want) {
			t.Errorf("%s: %v: %s", variable, err, out)
		}
	}
}
