package terminal

import (
	"strings"
	"text/tabwriter"

	"github.com/charmbracelet/x/ansi"
)

// Style is how a line looks where colours are shown. Colours never carry meaning
// that the text does not have.
type Style int

const (
	// Plain is the terminal's own style.
	Plain Style = iota
	// Failure is for what failed.
	Failure
	// Removal is for what is removed.
	Removal
	// Replacement is for what is replaced, or may be.
	Replacement
	// Notice is for what people should know and did not ask for.
	Notice
)

// render returns the line with the escape sequences of the style, if the stream
// shows them.
func (s Style) render(to *Stream, line string) string {
	if !to.Color {
		return line
	}
	switch s {
	case Failure:
		return ansi.NewStyle().Bold().ForegroundColor(ansi.Red).Styled(line)
	case Removal:
		return ansi.NewStyle().ForegroundColor(ansi.Red).Styled(line)
	case Replacement:
		return ansi.NewStyle().ForegroundColor(ansi.Yellow).Styled(line)
	case Notice:
		return ansi.NewStyle().ForegroundColor(ansi.Cyan).Styled(line)
	}
	return line
}

// Width returns how many columns a text without escape sequences has.
func Width(s string) int { return ansi.StringWidth(s) }

// Truncate returns as much of a text as fits into the columns, with a mark where
// some is missing.
func Truncate(s string, width int) string { return ansi.Truncate(s, width, "~") }

// Align returns a line for each row, with the cells in columns two spaces apart.
// All rows have the same number of cells.
func Align(rows [][]string) []string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		var cells []string
		for _, cell := range row {
			cells = append(cells, escapeControls(cell)) // no tab or newline is left
		}
		// A strings.Builder does not fail.
		_, _ = w.Write([]byte(strings.Join(cells, "\t") + "\n"))
	}
	_ = w.Flush()
	var lines []string
	for line := range strings.Lines(text.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return lines
}

// Wrap breaks a text at spaces into lines of at most that many columns. A longer word stays whole.
func Wrap(s string, width int) (lines []string) {
	for _, word := range strings.Fields(s) {
		last := len(lines) - 1
		if last >= 0 && Width(lines[last])+1+Width(word) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
