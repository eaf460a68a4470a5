// Package manpage writes manual pages of commands in man(7) macros. It replaces
// cobra/doc, whose Markdown library adds 0.6 ms to every start of the program.
package manpage

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Name returns the name of a command's page.
func Name(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// Of returns the manual page of a command. source and manual are the footer and the
// header of the page.
func Of(cmd *cobra.Command, source, manual string) []byte {
	m := &writer{}
	name := Name(cmd)
	m.macro("TH", strings.ToUpper(name), "1", "", source, manual)
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
		others = append(others, Name(cmd.Parent())+"(1)")
	}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			others = append(others, Name(sub)+"(1)")
		}
	}
	m.macro("SH", "SEE ALSO")
	m.text(strings.Join(others, ", "))
	return m.Bytes()
}

// writer writes man(7) macros.
type writer struct{ bytes.Buffer }

// macro writes a macro with its arguments.
func (m *writer) macro(name string, args ...string) {
	m.WriteString("." + name)
	for _, a := range args {
		m.WriteString(` "` + strings.ReplaceAll(escape(a), `"`, `\(dq`) + `"`)
	}
	m.WriteByte('\n')
}

// text writes lines of text. Empty lines begin a paragraph.
func (m *writer) text(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case line == "":
			m.macro("PP")
			continue
		case strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'"):
			m.WriteString(`\&`)
		}
		m.WriteString(escape(line) + "\n")
	}
}

// flags writes a section with flags, unless there are none.
func (m *writer) flags(title string, flags *pflag.FlagSet) {
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

// escape returns text in which backslashes and hyphens stay as they are typed, in ASCII.
func escape(s string) string {
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == '\\':
			out.WriteString(`\e`)
		case r == '-':
			out.WriteString(`\-`)
		case r >= utf8.RuneSelf:
			fmt.Fprintf(&out, `\[u%04X]`, r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
