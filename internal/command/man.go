package command

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/metaflow-cfn/metaflow-cfn/internal/atomicfile"
	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// newMan prints manual pages. They are written here and not by cobra/doc, whose
// Markdown library adds 0.6 ms to every start of the program.
func newMan(e *env) *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "man [COMMAND]",
		Short: "Print the manual page of the program or of a command",
		Example: "  metaflow-cfn man deploy | man -l -\n" +
			"  metaflow-cfn man --dir /usr/local/share/man/man1",
	}
	cmd.Flags().StringVar(&folder, "dir", "", "write the pages of all commands into a folder")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		root := cmd.Root()
		page, rest, err := root.Find(args)
		switch {
		case folder != "":
			e.noArguments(args)
		case err != nil || len(rest) > 0:
			e.problems.add(suggest.Unknown("command", args[0], commandNames(root)))
		}
		if err := e.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		if folder != "" {
			return writePages(folder, root)
		}
		_, err = e.Out.Write(manPage(page))
		return err
	}
	return cmd
}

// writePages writes the page of a command and of those below it.
func writePages(folder string, cmd *cobra.Command) error {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return &exitError{exitUsage,
			fmt.Errorf("--dir %s: %w; wanted a folder that exists", folder, fs.ErrNotExist), ""}
	}
	path := filepath.Join(folder, strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1")
	if err := atomicfile.WriteBytes(path, 0o644, manPage(cmd)); err != nil {
		return &exitError{exitUsage, fmt.Errorf("--dir: %w", err), ""}
	}
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		if err := writePages(folder, sub); err != nil {
			return err
		}
	}
	return nil
}

// manPage returns the manual page of a command in man(7) macros.
func manPage(cmd *cobra.Command) []byte {
	m := &manWriter{}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	m.macro("TH", strings.ToUpper(name), "1", "", "metaflow-cfn", "Metaflow on AWS")
	m.macro("SH", "NAME")
	m.text(name + " - " + cmd.Short)
	m.macro("SH", "SYNOPSIS")
	m.macro("B", cmd.UseLine())
	if cmd.Long != "" {
		m.macro("SH", "DESCRIPTION")
		m.text(cmd.Long)
	}
	cmd.InitDefaultHelpFlag()
	m.flags("OPTIONS", cmd.NonInheritedFlags())
	m.flags("GLOBAL OPTIONS", cmd.InheritedFlags())
	if cmd.Example != "" {
		m.macro("SH", "EXAMPLES")
		m.macro("nf")
		m.text(cmd.Example)
		m.macro("fi")
	}
	var others []string
	if cmd.HasParent() {
		others = append(others, strings.ReplaceAll(cmd.Parent().CommandPath(), " ", "-")+"(1)")
	}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			others = append(others, name+"-"+sub.Name()+"(1)")
		}
	}
	m.macro("SH", "SEE ALSO")
	m.text(strings.Join(others, ", "))
	return m.Bytes()
}

// manWriter writes man(7) macros.
type manWriter struct{ bytes.Buffer }

// macro writes a macro with its arguments.
func (m *manWriter) macro(name string, args ...string) {
	m.WriteString("." + name)
	for _, a := range args {
		m.WriteString(` "` + strings.ReplaceAll(manEscape(a), `"`, `\(dq`) + `"`)
	}
	m.WriteByte('\n')
}

// text writes lines of text. Empty lines begin a paragraph.
func (m *manWriter) text(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case line == "":
			m.macro("PP")
			continue
		case strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'"):
			m.WriteString(`\&`)
		}
		m.WriteString(manEscape(line) + "\n")
	}
}

// flags writes a section with flags, unless there are none.
func (m *manWriter) flags(title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	m.macro("SH", title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		m.macro("TP")
		m.macro("B", strings.TrimSpace(name+" "+value))
		if f.DefValue != "" && f.DefValue != "false" {
			usage += " (default " + f.DefValue + ")"
		}
		m.text(usage)
	})
}

// manEscape keeps backslashes, and hyphens as they are typed.
func manEscape(s string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
}
