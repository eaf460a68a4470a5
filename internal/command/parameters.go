package command

import (
	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// newParameters prints the table of parameters.
func newParameters(e *env, c *generator.Component) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "parameters",
		Short: "Print the parameters: for people, programs, documents or editors",
	}
	enumFlag(cmd, &format, "format", "table", "table", "json", "markdown", "schema")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		e.noArguments(args)
		e.checkEnum("format", format, "table", "json", "markdown", "schema")
		if err := e.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		text, err := c.Reference(format)
		if err != nil {
			return err
		}
		_, err = e.Out.Write(text)
		return err
	}
	return cmd
}
