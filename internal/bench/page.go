package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// callsGoal is the largest average of calls a minute over ten minutes.
const callsGoal = 30

// page returns docs/benchmarks.md.
func (r *results) page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Benchmarks\n\nMade by `make bench` (%s, %s/%s, %d CPUs; what else the "+
		"machine did then is not known).\n\n## Goals\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	r.goals(&b)
	r.startSection(&b)
	r.createSection(&b)
	r.virtualSection(&b)
	r.burstSection(&b)
	fmt.Fprintf(&b, "## Inside\n\n```\n%s```\n", r.inside)
	return b.String()
}

// goals writes the goals and whether the measurements meet them.
func (r *results) goals(b *strings.Builder) {
	b.WriteString("| goal | measured | met |\n|---|---|---|\n")
	goal := func(text string, measured, limit float64, unit string) {
		met := "yes"
		if measured > limit {
			met = fmt.Sprintf("no, by %.2g%s", measured-limit, unit)
		}
		fmt.Fprintf(b, "| %s | %.3g%s | %s |\n", text, measured, unit, met)
	}
	hello, generate, create, many := r.starts[0], r.starts[2], r.creates[0], r.many
	goal("`generate` in at most 3× hello-world's time",
		float64(generate.median())/float64(hello.median()), 3, "×")
	goal("`generate` in at most 25 MB", generate.megabytes(), 25, " MB")
	goal("a binary of at most 30 MB", float64(r.size)/1e6, 30, " MB")
	goal("an event is printed within 1 s (median)", create.Median.Seconds(), 1, " s")
	goal("`deploy` ends at most 1 s after the stack", create.exit.Seconds(), 1, " s")
	goal(fmt.Sprintf("at most %d calls a minute over ten minutes", callsGoal), r.virtual[0].PerMinute,
		callsGoal, "")
	goal(fmt.Sprintf("of %d events at once none is lost or shown twice", manyEvents),
		float64(many.Lost+many.Twice), 0, "")
	goal(fmt.Sprintf("%d events at once take at most 25 %% more memory than %d", manyEvents,
		fewEvents),
		100*(float64(many.memory)/float64(r.few.memory)-1), 25, " %")
}

func (r *results) startSection(b *strings.Builder) {
	fmt.Fprintf(b, "\n## Start\n\nCommands are started cold, %d times each in turn. The binary has "+
		"%.1f MB.\n\n", r.times, float64(r.size)/1e6)
	b.WriteString("| command | median | × hello-world | largest memory |\n|---|---|---|---|\n")
	base := r.starts[0].median()
	for _, c := range r.starts {
		atMost := ""
		if c.bound {
			atMost = "≤ "
		}
		fmt.Fprintf(b, "| %s | %.1f ms | %.1f | %s%.1f MB |\n", c.name,
			float64(c.median().Microseconds())/1000,
			float64(c.median())/float64(base), atMost, c.megabytes())
	}
	b.WriteString(`
If a goal is missed: every run builds and checks the template and writes it with a YAML library.
Part of the time is the start of the program itself (version), because the binary has the AWS SDK's
packages for the commands that need them. Memory with ≤ is an upper bound: the program used less
than the one that measured it, and the system does not report how much.

`)
}

func (r *results) createSection(b *strings.Builder) {
	fmt.Fprintf(b, `## A create at true speed

The published template with its defaults (%d events) on internal/cfntest, a server that behaves like
CloudFormation, on loopback: each program runs in a process of its own, on a server of its own. The
lag is the time from an event's time on the server until its line is read from the program's output.
Calls are those in the server's log, from the first one until the program ends.

`, r.creates[0].Shown+r.creates[0].Lost)
	b.WriteString("| program | create lasts | events shown | lag: median | p95 | largest | end of " +
		"the stack → exit | calls a minute | longest without a call | CPU | largest memory |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, d := range r.creates {
		switch {
		case d.missing:
			fmt.Fprintf(b, "| %s | not installed |%s\n", d.Name, strings.Repeat(" |", 9))
			continue
		case d.Shown > 0:
			fmt.Fprintf(b, "| %s | %s | %d | %s | %s | %s |", d.Name, seconds(d.Lasted), d.Shown,
				seconds(d.Median), seconds(d.P95), seconds(d.Largest))
		default:
			fmt.Fprintf(b, "| %s | %s | %s | | | |", d.Name, seconds(d.Lasted), d.none())
		}
		fmt.Fprintf(b, " %s | %.1f | %s | %s | %.1f MB |\n", seconds(d.exit), d.PerMinute,
			seconds(d.Silence), seconds(d.cpu), float64(d.memory)/1e6)
	}
	b.WriteString(`
The AWS CLI polls the stack every 30 seconds: how long it runs after the end of the stack depends on
when the stack ends.

`)
}

// none returns what is written for a program that prints no event as a record.
func (d *deployment) none() string {
	if d.words > 0 {
		return fmt.Sprintf("%d statuses", d.words)
	}
	return "none"
}

func (r *results) virtualSection(b *strings.Builder) {
	fmt.Fprintf(b, `## Ten minutes

The same create, stretched to ten minutes, followed by package deploy in a test with a fake clock;
every answer takes 50 ms. The goal applies to the create alone; the second row has additional events
at regular intervals.

| ten minutes of | events shown | lost | twice | lag: median | p95 | largest | calls a minute |
|---|---|---|---|---|---|---|---|
`)
	for _, f := range r.virtual {
		fmt.Fprintf(b, "| %s | %d | %d | %d | %s | %s | %s | %.1f |\n", f.Name, f.Shown, f.Lost, f.Twice,
			seconds(f.Median), seconds(f.P95), seconds(f.Largest), f.PerMinute)
	}
	b.WriteString("\n")
}

func (r *results) burstSection(b *strings.Builder) {
	fmt.Fprintf(b, `## Many events at once

A create of %s during which additional events occur within a hundredth of a second, between two
polls: the worst of %d runs each.

| additional events | events shown | lost | twice | pages in one reading | CPU | largest memory |
|---|---|---|---|---|---|---|
`, seconds(burstLasts), r.rounds)
	for i, d := range []*deployment{r.few, r.many} {
		fmt.Fprintf(b, "| %d | %d | %d | %d | %d | %s | %.1f MB |\n", []int{fewEvents, manyEvents}[i],
			d.Shown, d.Lost, d.Twice, d.Pages,
			seconds(d.cpu), float64(d.memory)/1e6)
	}
	b.WriteString("\n")
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
