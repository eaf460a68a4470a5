package command

import (
	"fmt"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// tallest is how many lines the live block has at most, however many resources
// there are.
const tallest = 12

// block is what a terminal shows of an operation that goes on, as lines that fit
// into its columns and rows. One row stays free, so that nothing scrolls.
func (p *progress) block(width, height int) []string {
	height = max(1, min(tallest, height-1))
	head := []string{strings.Join(present(p.stack, p.kind, p.region, p.account), "  "), p.bar(width)}
	foot := present(p.notStarted(), "Ctrl-C detaches; the stack goes on")
	room := height - len(head) - len(foot)
	var lines []string
	lines = append(lines, head...)
	lines = append(lines, p.busiest(max(room, 0), width)...)
	lines = append(lines, foot...)
	if len(lines) > height { // too low for all: what is in progress comes first
		lines = lines[len(head)-1:][:height]
	}
	for i, line := range lines {
		lines[i] = cut(visible(line), max(width-1, 1))
	}
	return lines
}

// bar is how much is done.
func (p *progress) bar(width int) string {
	if p.undoing || p.planned == 0 {
		words := "working"
		if p.undoing {
			words = "rolling back"
		}
		return fmt.Sprintf("  %s  %s", words, seconds(p.elapsed()))
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

// busiest is a line for each resource that is being worked on, the longest first,
// in at most so many lines.
func (p *progress) busiest(room, width int) []string {
	list := p.inProgress()
	more := ""
	if len(list) > room {
		shown := max(room-1, 0)
		more = fmt.Sprintf("  … and %d more in progress", len(list)-shown)
		list = list[:shown]
	}
	var lines []string
	for _, e := range list {
		lines = append(lines, p.busyLine(e, width))
	}
	if more != "" && room > 0 {
		lines = append(lines, more)
	}
	return lines
}

// busyLine says what happens to a resource, for how long, and where there is room
// what it is.
func (p *progress) busyLine(e deploy.Event, width int) string {
	what := strings.ToLower(strings.ReplaceAll(strings.TrimSuffix(e.Status, "_IN_PROGRESS"), "_", " "))
	if e.Detail == "CONFIGURATION_COMPLETE" {
		what = "settling"
	}
	age := seconds(p.now().Sub(e.Time))
	if width < 60 {
		return fmt.Sprintf("  %s %s", age, resourceOf(e))
	}
	if width < 100 {
		return fmt.Sprintf("  ~ %-26s %-10s %s", resourceOf(e), what, age)
	}
	return fmt.Sprintf("  ~ %-26s %-40s %-10s %s", resourceOf(e), e.Type, what, age)
}

// notStarted names what is still to come.
func (p *progress) notStarted() string {
	if len(p.waiting) == 0 || p.undoing {
		return ""
	}
	return fmt.Sprintf("  . %d waiting: %s", len(p.waiting), strings.Join(p.waiting, ", "))
}
