//go:build !linux

package command

import (
	"os/exec"
	"syscall"
)

// bind returns a function that sends a signal to the program.
func bind(cmd *exec.Cmd) (signal func(syscall.Signal) error) {
	return func(s syscall.Signal) error { return cmd.Process.Signal(s) }
}
