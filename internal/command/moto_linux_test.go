package command

import (
	"os/exec"
	"syscall"
)

// bind makes a program end when the thread that starts it does, also by kill -9,
// and returns what sends a signal to it and to all that it has started.
func bind(cmd *exec.Cmd) (signal func(syscall.Signal) error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return func(s syscall.Signal) error { return syscall.Kill(-cmd.Process.Pid, s) }
}
