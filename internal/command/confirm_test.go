package command

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// TestConfirmInterrupted sends a signal while the question waits for an answer.
func TestConfirmInterrupted(t *testing.T) {
	in, silent, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer silent.Close() // lets the reader end
	var asked lockedBuffer
	e := &env{in: in, Printer: &terminal.Printer{
		Err: &terminal.Stream{Writer: &asked}, Secrets: &terminal.Secrets{},
	}}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(signalled{2})
	if e.confirm(ctx, "Really?") {
		t.Error("nobody said yes")
	}
	if err := declined(ctx, "nothing was changed"); e.report(ctx, err) != 130 {
		t.Errorf("it is reported as %v", err)
	}
	if text := asked.String(); !strings.HasPrefix(text, "Really? [y/N] \n") {
		t.Errorf("asked %q", text)
	}
}
