// Package display shows an operation on a stack: as lines, as a live status area
// on a terminal, or as JSON records. It knows the events of package deploy and
// the printer of package terminal. Hints and commands come from its caller.
package display

import (
	"slices"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// Display shows one operation after another.
type Display interface {
	// Start begins an operation. names are the planned resources, none when not known.
	Start(op *deploy.Operation, names []string)
	// Event shows one event of the operation.
	Event(e deploy.Event)
	// Tick is called about every second.
	Tick()
	// End shows the outcome.
	End(e Ending)
}

// Ending is how an operation, and the program that followed it, ended.
type Ending struct {
	Operation  *deploy.Operation
	Outcome    deploy.Outcome
	Code       int               // exit code of the program
	Reasons    map[string]string // that services gave for failures, by resource
	Err        error             // why the wait ended early, where people do not know
	Configured bool              // the configuration was written already
}

// Advice is what a display cannot know: what to try, and how commands are spelled.
type Advice struct {
	// Hint returns what to try about a failure, "" when nothing is known. more is
	// what a service says about it.
	Hint func(e deploy.Event, more string) string
	// Next returns the command that comes after an operation that did not succeed.
	Next func(stack, kind string, o deploy.Outcome) string
	// Origin returns what makes a property change, "" when it is not known.
	Origin func(p deploy.Property) string
	// Command returns the command line of a verb on a stack, "" where it has none.
	Command func(verb, stack string) string
	// Login returns the command that makes new credentials, "" when there is none.
	Login func() string
}

// Config is what all displays need.
type Config struct {
	*terminal.Printer
	Advice  Advice
	Verbose bool // show details
}

// heartbeat is how long a display may be silent before it says what it waits for.
const heartbeat = time.Minute

// Resource returns the name of the resource of an event, through nested stacks.
func Resource(e deploy.Event) string {
	if e.Path != "" {
		return e.Path + "/" + e.LogicalID
	}
	return e.LogicalID
}

// NonEmpty returns the words that are not empty.
func NonEmpty(words ...string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

// seconds returns a duration as people read it: 58s, 1m32s, 1h2m0s.
func seconds(d time.Duration) string { return d.Round(time.Second).String() }
