// Package terminal is the outlet for everything that is shown to people and
// programs. Text passes through a Printer, which redacts secrets, escapes
// characters that control a terminal, and adds styles.
package terminal

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Printer writes text that may come from AWS. Out is for the next program, Err
// for people.
type Printer struct {
	Out, Err *Stream
	Secrets  *Secrets
	GitHub   bool // GitHub Actions reads what is printed
}

// Printf writes a line to Err.
func (p *Printer) Printf(format string, args ...any) {
	p.Fprintf(p.Err, Plain, format, args...)
}

// Styledf writes a line to Err in a style.
func (p *Printer) Styledf(style Style, format string, args ...any) {
	p.Fprintf(p.Err, style, format, args...)
}

// Fprintf writes a line to Out or Err in a style. Errors of the stream stay with it.
func (p *Printer) Fprintf(to *Stream, style Style, format string, args ...any) {
	line := p.Text(fmt.Sprintf(format, args...))
	if p.GitHub {
		line = escapeWorkflowCommand(line)
	}
	fmt.Fprintln(to, style.render(to, line))
}

// Text returns a text without secrets, control characters and excessive length.
func (p *Printer) Text(s string) string { return escapeControls(p.Secrets.Redact(s)) }

// JSON writes a value to Out as one line of JSON, of any length.
func (p *Printer) JSON(value any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return err
	}
	line := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	_, err := fmt.Fprintln(p.Out, p.Secrets.Redact(escapeJSON(line)))
	return err
}
