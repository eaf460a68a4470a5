package terminal

import (
	"fmt"
	"os"
	"strings"
)

// OnGitHub reports whether GitHub Actions reads what is printed.
// https://docs.github.com/en/actions/reference/workflows-and-actions/variables
func OnGitHub() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }

// Annotate shows an error on the page of a GitHub Actions run, and does nothing
// elsewhere.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func (p *Printer) Annotate(title, text string) {
	if !p.GitHub {
		return
	}
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	fmt.Fprintf(p.Err, "::error title=%s::%s\n",
		property.Replace(p.Text(title)), data.Replace(p.Text(text)))
}

// escapeWorkflowCommand keeps a line from being a command to GitHub, which takes ::name:: at
// the beginning of any line as one. For ##[name], see escapeCommands.
func escapeWorkflowCommand(line string) string {
	text := strings.TrimLeft(line, " ")
	if strings.HasPrefix(text, "::") {
		return line[:len(line)-len(text)] + fmt.Sprintf(`\u%04x`, text[0]) + text[1:]
	}
	return line
}
