package flagerrors

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// TestCollector reports every problem of a command line, in order, and sets the valid flags.
func TestCollector(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"run --yes -n 3 --after 5m", ""},
		{"run --yess --after soon -nx -y", "flag --yess; flag -x; " +
			`--after: "soon" is not a time like 30m or 1h30m`},
		{"run --after=1x --list=\"a --", `--after: "1x" is not a time like 30m or 1h30m; ` +
			`--list: "\"a" is not a list like a,b; put an item with a comma or a quote in double quotes`},
		{"run --name --yess", ""}, // the value of --name
		{"run --yes false --now=true", ""},
		{"run --yes on -- --now 1", `--yes: "on" is not true or false`},
		{"run -auto-approve -x=1 -abc=2", "flag -auto-approve; flag -x; flag -abc"},
		{"run -- --yess", ""},
	} {
		var problems []string
		collector := Collector{
			Add: func(err error) { problems = append(problems, err.Error()) },
			Unknown: func(_ *cobra.Command, name string) error {
				return fmt.Errorf("flag %s", name)
			},
		}
		var after time.Duration
		root := newRoot(&after)
		collector.Collect(root)
		args := strings.Split(c.args, " ")
		root.SetArgs(collector.Check(root, args))
		if err := root.Execute(); err != nil {
			t.Errorf("%s: %v", c.args, err)
		}
		if got := strings.Join(problems, "; "); got != c.want {
			t.Errorf("%s: the problems are %s, want %s", c.args, got, c.want)
		}
		if strings.Contains(c.args, "5m") && after != 5*time.Minute {
			t.Errorf("%s: --after is %v", c.args, after)
		}
	}
}

func newRoot(after *time.Duration) *cobra.Command {
	root := &cobra.Command{Use: "program", SilenceErrors: true, SilenceUsage: true}
	sub := &cobra.Command{Use: "run", Run: func(*cobra.Command, []string) {}}
	sub.Flags().BoolP("yes", "y", false, "")
	sub.Flags().BoolP("now", "n", false, "")
	sub.Flags().String("name", "", "")
	sub.Flags().StringSlice("list", nil, "")
	sub.Flags().DurationVar(after, "after", 0, "")
	root.AddCommand(sub)
	return root
}

// TestTranslate names the flag that lacks a value.
func TestTranslate(t *testing.T) {
	root := newRoot(new(time.Duration))
	root.SetArgs([]string{"run", "--name"})
	err := root.Execute()
	if err == nil || Translate(err).Error() != "--name: the value is missing" {
		t.Errorf("the error is %v", Translate(err))
	}
}
