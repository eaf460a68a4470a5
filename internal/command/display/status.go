package display

import (
	"fmt"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// maxStatusLines is how many lines the status area has at most, however many
// resources there are.
const maxStatusLines = 12

// status returns the lines of the status area, at most as many as the terminal has
// rows. One row stays free, so that nothing scrolls.
func (p *progress) status(width, height int) []string {
	height = max(1, min(maxStatusLines, height-1))
	head := []string{words(p.stack, p.kind, p.region, p.account), p.bar(width)}
	foot := NonEmpty(p.notStarted(), "Ctrl-C detaches; the operation continues")
	room := height - len(head) - len(foot)
	var lines []string
	lines = append(lines, head...)
	lines = append(lines, p.busyLines(max(room, 0), width)...)
	lines = append(lines, foot...)
	if len(lines) > height { // too low for all: what is in progress comes first
		lines = lines[len(head)-1:][:height]
	}
	return lines
}

// bar returns how much is done.
func (p *progress) bar(width int) string {
	if p.rollingBack || p.planned == 0 {
		doing := "working"
		if p.rollingBack {
			doing = "rolling back"
		}
		return fmt.Sprintf("  %s  %s", doing, seconds(p.elapsed()))
	}
	done := min(len(p.took), p.planned)
	text := fmt.Sprintf("%d/%d  %s", done, p.planned, seconds(p.elapsed()))
	size := min(30, width-len(text)-7)
	if size < 5 {
		return "  " + text
	}
	full := size * done / p.planned
	return "  [" + strings.Repeat("#", full) + strings.Repeat(".", size-full) + "] " + text
}

// busyLines returns a line for each resource that is being worked on, the longest
// first, at most as many as there is room for.
func (p *progress) busyLines(room, width int) []string {
	list := p.inProgress()
	more := ""
	if len(list) > room {
		shown := max(room-1, 0)
		more = fmt.Sprintf("  … and %d more in progress", len(list)-shown)
		list = list[:shown]
	}
	var rows [][]string
	for _, e := range list {
		rows = append(rows, p.busyRow(e, width))
	}
	lines := terminal.Align(rows)
	if more != "" && room > 0 {
		lines = append(lines, more)
	}
	return lines
}

// busyRow returns what happens to a resource and for how long, and its type where
// there is room.
func (p *progress) busyRow(e deploy.Event, width int) []string {
	doing := strings.TrimSuffix(e.Status, "_IN_PROGRESS")
	doing = strings.ToLower(strings.ReplaceAll(doing, "_", " "))
	if e.Detail == "CONFIGURATION_COMPLETE" {
		doing = "settling"
	}
	age := seconds(p.now().Sub(e.Time))
	name, doing := fmt.Sprintf("  ~ %-25s", Resource(e)), fmt.Sprintf("%-9s", doing)
	switch {
	case width < 60:
		return []string{fmt.Sprintf("  %s %s", age, Resource(e))}
	case width < 100:
		return []string{name, doing, age}
	}
	return []string{name, fmt.Sprintf("%-39s", e.Type), doing, age}
}

// notStarted names what is still to come.
func (p *progress) notStarted() string {
	if len(p.pending) == 0 || p.rollingBack {
		return ""
	}
	return fmt.Sprintf("  . %d waiting: %s", len(p.pending), strings.Join(p.pending, ", "))
}
