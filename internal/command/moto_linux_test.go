package command

import (
	"os/exec"
	"syscall"
)

// bind makes a program end when the thread that starts it ends, even by kill -9, and returns a
// function that sends a signal to it and to all its children.
func bind(cmd *exec.Cmd) (signal func(syscall.Signal) error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return func(s syscall.Signal) error { return syscall.Kill(-cmd.Process.Pid, s) }
}
