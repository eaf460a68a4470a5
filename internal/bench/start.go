package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// command is a program that is started cold several times.
type command struct {
	name string
	args []string

	times  []time.Duration
	memory int64 // largest resident set, in bytes
	bound  bool  // memory is an upper bound: see run
}

// run starts the program once. Linux starts its figure of a process's memory with that of the
// parent process, so that a figure which is not larger than the parent's is only an upper bound.
func (c *command) run() error {
	cmd := exec.Command(c.args[0], c.args[1:]...)
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	c.times = append(c.times, time.Since(start))
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.memory = max(c.memory, usage.Maxrss*1024)
		c.bound = c.memory <= highWater(os.Getpid())
	}
	return nil
}

func (c *command) median() time.Duration {
	slices.Sort(c.times)
	return (c.times[(len(c.times)-1)/2] + c.times[len(c.times)/2]) / 2
}

func (c *command) megabytes() float64 { return float64(c.memory) / 1e6 }

// coldStarts starts each command a number of times, in turn with the others. The first one is the
// reference.
func coldStarts(dir string, times int) ([]*command, error) {
	hello := filepath.Join(dir, "hello")
	source := hello + ".go"
	program := "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"
	if err := os.WriteFile(source, []byte(program), 0o600); err != nil {
		return nil, err
	}
	if out, err := exec.Command("go", "build", "-o", hello, source).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("hello-world: %w: %s", err, out)
	}
	commands := []*command{
		{name: "bare Go hello-world", args: []string{hello}},
		{name: "metaflow-cfn version", args: []string{binary, "version"}},
		{name: "metaflow-cfn generate", args: []string{binary, "generate"}},
		{name: "metaflow-cfn generate --resolve", args: []string{binary, "generate", "--resolve"}},
	}
	for range times {
		for _, c := range commands {
			if err := c.run(); err != nil {
				return nil, err
			}
		}
	}
	return commands, nil
}

// inside returns what go test -bench reports for the packages that build the template.
func inside() (string, error) {
	out, err := exec.Command("go", "test", "-run", "^$", "-bench", ".", "-benchmem", "./cfn",
		"./generator/...").Output()
	if err != nil {
		return "", fmt.Errorf("go test -bench: %w: %s", err, out)
	}
	var b strings.Builder
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "Benchmark") || strings.HasPrefix(line, "pkg:") {
			b.WriteString(line)
		}
	}
	return b.String(), nil
}
