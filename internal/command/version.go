package command

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// newVersion prints what was built from what.
func newVersion(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		RunE: func(cmd *cobra.Command, args []string) error {
			e.noArguments(args)
			if err := e.problems.err(helpOf(cmd)); err != nil {
				return err
			}
			_, err := fmt.Fprintln(e.Out, "metaflow-cfn", version())
			return err
		},
	}
}

// version returns the version of the module, else the commit, as the build recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	out := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (out == "" || out == "(devel)") {
			out = s.Value
		}
	}
	return out + " " + info.GoVersion
}
