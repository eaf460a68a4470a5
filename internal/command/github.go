package command

import (
	"fmt"
	"os"
	"strings"
)

// onGitHub reports whether GitHub Actions reads what is printed.
// https://docs.github.com/en/actions/reference/workflows-and-actions/variables
func onGitHub() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }

// annotate shows an error where GitHub shows the run.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func (e *env) annotate(title, text string) {
	if !e.github {
		return
	}
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	fmt.Fprintf(e.err, "::error title=%s::%s\n", property.Replace(visible(title)), data.Replace(visible(e.secrets.hide(text))))
}

// harmless keeps a line that holds text from elsewhere from being a command to
// GitHub, which takes ::name:: and ##[name] at the beginning of any line for one.
func (e *env) harmless(line string) string {
	if !e.github {
		return line
	}
	text := strings.TrimLeft(line, " ")
	if strings.HasPrefix(text, "::") || strings.HasPrefix(text, "##[") {
		return line[:len(line)-len(text)] + fmt.Sprintf(`\u%04x`, text[0]) + text[1:]
	}
	return line
}
