// Command bench measures what the project promises of its speed and size, and
// writes docs/benchmarks.md. It is run by make bench, from the root.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// runs is how often each command is timed, in turn with the others.
const runs = 30

func main() {
	log.SetFlags(0)
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	page, err := measure(dir)
	if err == nil {
		err = os.WriteFile("docs/benchmarks.md", []byte(page), 0o644)
	}
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Print(page)
}

// command is a program that is started cold, again and again.
type command struct {
	name string
	args []string

	times  []time.Duration
	memory int64 // largest resident set, in KiB
}

func (c *command) run() error {
	cmd := exec.Command(c.args[0], c.args[1:]...)
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	c.times = append(c.times, time.Since(start))
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.memory = max(c.memory, usage.Maxrss)
	}
	return nil
}

func (c *command) median() time.Duration {
	slices.Sort(c.times)
	return (c.times[(len(c.times)-1)/2] + c.times[len(c.times)/2]) / 2
}

// measure returns the page.
func measure(dir string) (string, error) {
	hello := filepath.Join(dir, "hello")
	source := hello + ".go"
	program := "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"
	if err := os.WriteFile(source, []byte(program), 0o600); err != nil {
		return "", err
	}
	if out, err := exec.Command("go", "build", "-o", hello, source).CombinedOutput(); err != nil {
		return "", fmt.Errorf("hello-world: %w: %s", err, out)
	}
	const binary = "bin/metaflow-cfn"
	info, err := os.Stat(binary)
	if err != nil {
		return "", err
	}
	commands := []*command{
		{name: "bare Go hello-world", args: []string{hello}},
		{name: "metaflow-cfn version", args: []string{binary, "version"}},
		{name: "metaflow-cfn generate", args: []string{binary, "generate"}},
		{name: "metaflow-cfn generate --resolve", args: []string{binary, "generate", "--resolve"}},
	}
	for range runs {
		for _, c := range commands {
			if err := c.run(); err != nil {
				return "", err
			}
		}
	}
	inner, err := exec.Command("go", "test", "-run", "^$", "-bench", ".", "-benchmem", "./cfn", "./generator").Output()
	if err != nil {
		return "", fmt.Errorf("go test -bench: %w: %s", err, inner)
	}
	return page(commands, info.Size(), string(inner)), nil
}

func page(commands []*command, size int64, inner string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Benchmarks\n\nMade by `make bench` (%s, %s/%s, %d CPUs). Commands are started cold, %d times each in turn.\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runs)
	b.WriteString("| command | median | × hello-world | largest memory |\n|---|---|---|---|\n")
	base := commands[0].median()
	for _, c := range commands {
		fmt.Fprintf(&b, "| %s | %.1f ms | %.1f | %.1f MB |\n", c.name, float64(c.median().Microseconds())/1000,
			float64(c.median())/float64(base), float64(c.memory)*1024/1e6)
	}
	generate := commands[2]
	fmt.Fprintf(&b, "\nThe binary has %.1f MB.\n\n| goal | measured | met |\n|---|---|---|\n", float64(size)/1e6)
	goal := func(text string, measured, limit float64, unit string) {
		met := "yes"
		if measured > limit {
			met = fmt.Sprintf("no, by %.1f%s", measured-limit, unit)
		}
		fmt.Fprintf(&b, "| %s | %.1f%s | %s |\n", text, measured, unit, met)
	}
	goal("`generate` in at most 3× hello-world's time", float64(generate.median())/float64(base), 3, "×")
	goal("`generate` in at most 25 MB", float64(generate.memory)*1024/1e6, 25, " MB")
	goal("a binary of at most 30 MB", float64(size)/1e6, 30, " MB")
	fmt.Fprintf(&b, "\n%s\n## Inside\n\n```\n", why)
	for line := range strings.Lines(inner) {
		if strings.HasPrefix(line, "Benchmark") {
			b.WriteString(line)
		}
	}
	b.WriteString("```\n")
	return b.String()
}

// why explains what the figures are made of.
const why = `Where a goal is missed: the template is built, checked and written anew in every run, from typed values and by a
YAML library. The start of the program itself (version) costs about three times a hello-world, because of the AWS SDK's
packages, which the linker keeps for the commands that need them.
`
