//go:build !linux

package command

import (
	"os/exec"
	"syscall"
)

// bind returns what sends a signal to the program.
func bind(cmd *exec.Cmd) (signal func(syscall.Signal) error) {
	return func(s syscall.Signal) error { return cmd.Process.Signal(s) }
}
