package display

import (
	"errors"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/jobs"
)

// schemaVersion is the version of the records. It changes when a field changes its
// meaning.
const schemaVersion = 1

// Records writes NDJSON to stdout for programs. Each line is complete in itself.
// The last one is the result, of which there is exactly one.
type Records struct {
	Config
	progress

	written time.Time // when the last record was written
	ended   bool      // the result is written
}

// NewRecords returns a display for programs.
func NewRecords(c Config) *Records { return &Records{Config: c} }

// record is one line. Type says which fields are set.
type record struct {
	Version   int               `json:"v,omitempty"` // of a whole line
	Type      string            `json:"type"`        // warning, plan, drift, jobs, drain, remain, stack, check, job, cause, start, event, note, waiting or result
	Stack     string            `json:"stack,omitempty"`
	StackID   string            `json:"stackId,omitempty"`
	Component string            `json:"component,omitempty"`
	Operation string            `json:"op,omitempty"`
	Token     string            `json:"token,omitempty"`
	Planned   int               `json:"planned,omitempty"`
	Queues    []jobs.Count      `json:"queues,omitempty"` // in jobs and drain
	Changes   []changeRecord    `json:"changes,omitempty"`
	From      []SharedValue     `json:"from,omitempty"`
	Derived   []DerivedValue    `json:"derived,omitempty"`
	Updates   []Update          `json:"updates,omitempty"`
	Tags      []TagChange       `json:"tags,omitempty"` // of the stack
	Losses    []string          `json:"needsAllowReplace,omitempty"`
	Compared  *int              `json:"compared,omitempty"` // resources, in a drift
	Drifted   []driftRecord     `json:"drifted,omitempty"`
	Unchecked []string          `json:"unchecked,omitempty"`
	EventID   string            `json:"eventId,omitempty"`
	Time      string            `json:"ts,omitempty"`
	Path      string            `json:"path,omitempty"`
	ID        string            `json:"id,omitempty"`
	Physical  string            `json:"physicalId,omitempty"`
	Resource  string            `json:"rtype,omitempty"`
	Status    string            `json:"status,omitempty"`
	Detail    string            `json:"detail,omitempty"`
	Hook      string            `json:"hook,omitempty"`
	Property  string            `json:"property,omitempty"` // path in the template
	Reason    string            `json:"reason,omitempty"`
	Code      string            `json:"code,omitempty"`    // of the service, in a cause
	Request   string            `json:"request,omitempty"` // ID, in a cause
	Batch     string            `json:"batchReason,omitempty"`
	Hint      string            `json:"hint,omitempty"`
	OpID      string            `json:"operationId,omitempty"`
	Foreign   bool              `json:"foreign,omitempty"` // belongs to another operation
	Note      string            `json:"note,omitempty"`
	Done      *int              `json:"done,omitempty"`
	Busy      []string          `json:"busy,omitempty"`
	Result    string            `json:"result,omitempty"`
	Exit      *int              `json:"exit,omitempty"` // of the program
	Cause     *record           `json:"rootCause,omitempty"`
	Also      []record          `json:"also,omitempty"`
	Cancelled int               `json:"cancelled,omitempty"`
	Blocking  []record          `json:"blocking,omitempty"`
	Left      []record          `json:"left,omitempty"`
	Seconds   int               `json:"seconds,omitempty"`
	Next      string            `json:"next,omitempty"` // command
	Outputs   map[string]string `json:"outputs,omitempty"`

	Configuration any `json:"configuration,omitempty"` // what configure did
}

// Configured writes the result of configure.
func (r *Records) Configured(configuration any) {
	r.ended = true
	r.write(record{
		Type: "result", Operation: "CONFIGURE", Result: deploy.Succeeded.String(), Exit: new(0),
		Configuration: configuration,
	})
}

func (r *Records) write(rec record) {
	r.written = time.Now()
	rec.Version = schemaVersion
	// Strings and numbers always have a JSON form, and Out keeps errors of writing.
	if err := r.JSON(rec); err != nil && r.Out.Err() == nil {
		r.Printf("%v", err)
	}
}

// Jobs writes which jobs an operation ends, unless there are no queues.
func (r *Records) Jobs(stack string, queues []jobs.Count) {
	if len(queues) > 0 {
		r.write(record{Type: "jobs", Stack: stack, Queues: queues})
	}
}

// Drain writes a step of the drain of a queue, with the command that undoes it.
func (r *Records) Drain(stack, step string, queue jobs.Count, next string) {
	r.write(record{Type: "drain", Stack: stack, Status: step, Queues: []jobs.Count{queue}, Next: next})
}

// Remain writes what a deletion leaves, with the command that removes it.
func (r *Records) Remain(stack, detail, next string) {
	r.write(record{Type: "remain", Stack: stack, Detail: detail, Next: next})
}

// Stacks writes a record for each stack, and the result. component returns the name of a
// stack's component.
func (r *Records) Stacks(stacks []deploy.Stack, component func(deploy.Stack) string) {
	for _, s := range stacks {
		r.write(record{Type: "stack", Stack: s.Name, StackID: s.ID, Component: component(s),
			Status: s.Status, Time: s.Changed.UTC().Format(time.RFC3339)})
	}
	r.ended = true
	r.write(record{Type: "result", Operation: "LIST", Result: deploy.Succeeded.String(), Exit: new(0)})
}

// Start writes which operation begins.
func (r *Records) Start(op *deploy.Operation, names []string) {
	r.progress = newProgress(op, names)
	r.write(record{
		Type: "start", Stack: r.stack, StackID: op.StackID, Operation: op.Kind, Token: op.Token,
		Planned: op.Planned,
	})
}

// Event writes an event or a note.
func (r *Records) Event(e deploy.Event) {
	if e.Note != "" {
		if !e.Verbose || r.Verbose {
			r.write(record{Type: "note", Stack: r.stack, Note: e.Note})
		}
		return
	}
	r.add(e)
	r.write(eventRecord(e))
}

func eventRecord(e deploy.Event) record {
	return record{
		Type: "event", EventID: e.ID, Time: e.Time.UTC().Format(time.RFC3339Nano), Path: e.Path,
		ID: e.LogicalID, Physical: e.PhysicalID, Resource: e.Type, Status: e.Status,
		Detail: e.Detail, Hook: e.Hook, Property: e.Property, Reason: e.Reason,
		OpID: e.OperationID, Foreign: !e.Ours,
	}
}

func eventRecords(events []deploy.Event) []record {
	var out []record
	for _, e := range events {
		out = append(out, eventRecord(e))
	}
	return out
}

// Tick writes what is in progress, after a while without a record.
func (r *Records) Tick() {
	if time.Since(r.written) < heartbeat {
		return
	}
	rec := record{Type: "waiting", Stack: r.stack, Done: new(len(r.took)), Planned: r.planned}
	for _, e := range r.inProgress() {
		rec.Busy = append(rec.Busy, Resource(e))
	}
	r.write(rec)
}

// End writes the result.
func (r *Records) End(e Ending) {
	r.ended = true
	op, o, stack := e.Operation, e.Outcome, e.Operation.Stack
	rec := record{
		Type: "result", Stack: stack, StackID: op.StackID, Operation: op.Kind,
		Result: o.Result.String(), Status: o.Status, Exit: &e.Code, Cancelled: o.Cancelled,
		Also: eventRecords(o.Also), Blocking: eventRecords(o.Blocking),
		Left: eventRecords(o.Left), Seconds: int(r.latest.Sub(r.first).Seconds()),
	}
	if makesStack(op.Kind) {
		rec.Outputs = o.Stack.Outputs
	}
	switch {
	case o.Cause != nil:
		rec.Cause = r.causeRecord(*o.Cause, e.Reasons)
	case o.Result != deploy.Succeeded:
		rec.Reason = o.Stack.Reason
	}
	if e.Code != 0 {
		rec.Next = r.Advice.Next(stack, op.Kind, o)
	}
	r.write(rec)
	if o.Result != deploy.Succeeded && o.Result != deploy.Running {
		r.Annotate(stack, failure(o))
	}
}

func (r *Records) causeRecord(e deploy.Event, reasons map[string]string) *record {
	rec := eventRecord(e)
	_, rec.Code, rec.Request = e.Message()
	rec.Batch = reasons[Resource(e)]
	rec.Hint = r.Advice.Hint(e, rec.Batch)
	return &rec
}

// Stopped writes the result of a command that ended before an operation began,
// unless a result is written already.
func (r *Records) Stopped(result string, code int, err error, next string) {
	if r.ended {
		return
	}
	r.ended = true
	rec := record{Type: "result", Result: result, Exit: &code, Reason: err.Error(), Next: next}
	if d := (*deploy.Error)(nil); errors.As(err, &d) && len(d.Causes) > 0 {
		rec.Cause, rec.Also = r.causeRecord(d.Causes[0], nil), eventRecords(d.Causes[1:])
	}
	r.write(rec)
}

// Warning writes a warning about the given values.
func (r *Records) Warning(stack, warning string) {
	r.write(record{Type: "warning", Stack: stack, Note: warning})
}
