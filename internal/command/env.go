// Package command is the command line: the verbs, one file each, and what they print. It
// does not know any template.
package command

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// env is what a verb has of the world: the printer and stdin, the problems of the
// command line so far, and how to reach AWS.
type env struct {
	*terminal.Printer
	problems

	components []*generator.Component
	component  *generator.Component // of the verb or of the stack, for the words of messages

	ofComponent bool // the verb works on stacks of its component alone

	in      *os.File
	http    aws.HTTPClient   // nil: the SDK's own
	records *display.Records // nil unless programs read the result
	region  string
	profile string // of AWS
	verbose bool
	login   string // command that makes new credentials, "" when there is none
}

// The exit codes, as the README documents them.
const (
	exitOK          = 0
	exitUnknown     = 1  // an error of the API or the program; nothing was started, or unknown
	exitUsage       = 2  // wrong flags, parameters or template
	exitFailed      = 3  // the operation failed; the stack is back in a stable state
	exitStuck       = 4  // the operation failed and the stack needs a human
	exitRefused     = 5  // not started: another operation runs, or a flag is needed
	exitDeclined    = 6  // the user said no
	exitTimeout     = 7  // --timeout passed; the operation continues
	exitCredentials = 8  // credentials were lost; the operation continues
	exitDiffers     = 10 // --check found a difference
	exitNotRun      = 11 // the stack stands, and its job did not run
	exitSignal      = 128
)

// exitError is an error with its exit code and the command that comes next.
type exitError struct {
	code int
	err  error // nil when everything is printed already
	next string
}

// Error returns the text of the error.
func (x *exitError) Error() string {
	if x.err == nil {
		return fmt.Sprintf("exit %d", x.code)
	}
	return x.err.Error()
}

// Unwrap returns the error without code and command.
func (x *exitError) Unwrap() error { return x.err }

// signalled is the cause of a context that a signal has ended.
type signalled struct{ signal syscall.Signal }

// Error returns the name of the signal.
func (s signalled) Error() string { return s.signal.String() }

// begin returns the environment of this process. The context ends with the first signal
// that asks the program to end, or when the reader of its output has gone.
func begin() (context.Context, *env) {
	ctx, cancel := untilSignal(context.Background())
	signal.Ignore(syscall.SIGPIPE) // a write then fails, and the program cleans up
	unread := func() { cancel(signalled{syscall.SIGPIPE}) }
	return ctx, &env{in: os.Stdin, Printer: &terminal.Printer{
		Out:     terminal.NewStream(os.Stdout, unread, ctx.Done()),
		Err:     terminal.NewStream(os.Stderr, unread, ctx.Done()),
		Secrets: &terminal.Secrets{}, GitHub: terminal.OnGitHub(),
	}}
}

// untilSignal returns a context that ends with the first signal that asks the program to
// end. A second signal ends the program at once. A signal that the program was started to
// ignore stays ignored, as with nohup.
func untilSignal(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	go func() {
		if s, ok := (<-signals).(syscall.Signal); ok {
			signal.Reset(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
			cancel(signalled{s})
		}
		<-signals // SIGQUIT, of which the runtime of Go would print its stacks
		os.Exit(exitSignal + int(syscall.SIGQUIT))
	}()
	return ctx, cancel
}
