package command

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// TestHelpWidth checks that the texts of all commands fit a terminal of 80 columns. Examples are
// commands to copy, and may be longer.
func TestHelpWidth(t *testing.T) {
	t.Parallel()
	root := newRoot(&env{
		Printer: &terminal.Printer{}, components: components, component: components[0],
	})
	commands := 0
	var check func(*cobra.Command)
	check = func(cmd *cobra.Command) {
		commands++
		if cmd.Name() == "completion" || cmd.HasParent() && cmd.Parent().Name() == "completion" {
			return // cobra's texts
		}
		for line := range strings.SplitSeq(cmd.Long, "\n") {
			if width := terminal.Width(line); width > helpWidth {
				t.Errorf("%s: %d columns: %s", cmd.CommandPath(), width, line)
			}
		}
		for _, sub := range cmd.Commands() {
			check(sub)
		}
	}
	check(root)
	if commands < 30 {
		t.Errorf("%d commands", commands)
	}
}
