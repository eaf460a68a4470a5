package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// deployment tells how a program created the stack.
type deployment struct {
	figures
	missing bool          // the program is not installed
	words   int           // statuses of resources in the output
	exit    time.Duration // from the last event to the end of the process
	cpu     time.Duration // of the process and its children, user and system
	memory  int64         // largest resident set, in bytes
}

// create runs a program that creates the stack on a server on loopback, and waits for its end.
func create(server *cfntest.Server, name string, args ...string) (*deployment, error) {
	url, stop, err := server.Listen("127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer stop()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = environment(url)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	d := &deployment{}
	seen, end, err := d.watch(cmd)
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", name, err, stderr.String())
	}
	d.figures = observe(server, seen, end)
	d.Name = name
	if truth := operationEvents(server); len(truth) > 0 {
		d.exit = end.Sub(truth[len(truth)-1].At)
	}
	return d, nil
}

// environment returns this process's environment with credentials for the endpoint and no other AWS
// settings.
func environment(endpoint string) []string {
	var env []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "AWS_") {
			env = append(env, variable)
		}
	}
	return append(env, "AWS_ENDPOINT_URL="+endpoint, "AWS_ACCESS_KEY_ID=AKIDBENCH",
		"AWS_SECRET_ACCESS_KEY=secret", "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
}

// watch runs the program and notes when each event of its NDJSON was printed.
func (d *deployment) watch(cmd *exec.Cmd) (seen []sighting, end time.Time, err error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, end, err
	}
	if err := cmd.Start(); err != nil {
		return nil, end, err
	}
	ended, largest := make(chan struct{}), make(chan int64)
	go func() { largest <- watchMemory(cmd.Process.Pid, ended) }()
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		now := time.Now()
		var record struct{ Type, EventID string }
		if json.Unmarshal(lines.Bytes(), &record) == nil && record.Type == "event" {
			seen = append(seen, sighting{record.EventID, now})
		}
		d.words += strings.Count(lines.Text(), "CREATE_")
	}
	err = cmd.Wait()
	end = time.Now()
	close(ended)
	d.memory = <-largest
	d.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && d.memory == 0 {
		d.memory = usage.Maxrss * 1024
	}
	if err == nil {
		err = lines.Err()
	}
	return seen, end, err
}

// watchMemory returns the largest resident set of a process, in bytes, 0 where there is no /proc.
// The kernel's own figure at the end of a process (Maxrss) starts with the size of the parent
// process, and this one is large.
func watchMemory(pid int, ended <-chan struct{}) (largest int64) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return largest
		case <-tick.C:
			largest = max(largest, highWater(pid))
		}
	}
}

// highWater returns VmHWM of a process in bytes, 0 when it is not available.
func highWater(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kib, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0
	}
	return kib * 1024
}
