package display

import (
	"errors"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator/cost"
	"github.com/metaflow-cfn/metaflow-cfn/internal/jobs"
	"github.com/metaflow-cfn/metaflow-cfn/internal/metaflowconfig"
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

// record is one line. Type says which fields are set. The comments of the fields are their
// descriptions in the published schema.
type record struct {
	Version   int               `json:"v,omitempty"`                 // Version of the records.
	Type      string            `json:"type"`                        // Type of the record, which says which fields it has.
	Stack     string            `json:"stack,omitempty"`             // Name of the stack.
	StackID   string            `json:"stackId,omitempty"`           // ARN of the stack.
	Component string            `json:"component,omitempty"`         // Component that the stack's template belongs to, such as core.
	Operation string            `json:"op,omitempty"`                // Operation, such as CREATE, UPDATE, DELETE, IMPORT, ROLLBACK, CANCEL, CONFIGURE, LIST or VERIFY.
	Token     string            `json:"token,omitempty"`             // Client request token, which CloudFormation's events of the operation carry.
	Planned   int               `json:"planned,omitempty"`           // Number of changes of the change set.
	Queues    []jobs.Count      `json:"queues,omitempty"`            // Job queues with their numbers of jobs.
	Changes   []changeRecord    `json:"changes,omitempty"`           // Changes of resources, removals and replacements first.
	From      []SharedValue     `json:"from,omitempty"`              // Parameter values that come from another stack.
	Derived   []DerivedValue    `json:"derived,omitempty"`           // Parameter values that were derived from the account.
	Updates   []Update          `json:"updates,omitempty"`           // How resources are updated, where CloudFormation does not say it.
	Cost      []cost.Item       `json:"cost,omitempty"`              // Parts of the stack that cost money at rest, in a plan.
	Tags      []TagChange       `json:"tags,omitempty"`              // Changes of the stack's tags.
	Losses    []string          `json:"needsAllowReplace,omitempty"` // Logical IDs of resources that deploy replaces or removes only with --allow-replace.
	Compared  *int              `json:"compared,omitempty"`          // Number of resources that drift detection compared.
	Drifted   []driftRecord     `json:"drifted,omitempty"`           // Resources that were changed or deleted outside of CloudFormation.
	Unchecked []string          `json:"unchecked,omitempty"`         // Logical IDs of resources that drift detection did not compare.
	EventID   string            `json:"eventId,omitempty"`           // ID of the stack event.
	Time      string            `json:"ts,omitempty"`                // Time in UTC, as in RFC 3339.
	Path      string            `json:"path,omitempty"`              // Path of nested stacks between the stack and the resource.
	ID        string            `json:"id,omitempty"`                // Logical ID of the resource; name of a check, a cause or a job of verify.
	Physical  string            `json:"physicalId,omitempty"`        // Physical ID of the resource.
	Resource  string            `json:"rtype,omitempty"`             // Type of the resource, such as AWS::S3::Bucket.
	Status    string            `json:"status,omitempty"`            // Status of the stack, resource, check or job.
	Detail    string            `json:"detail,omitempty"`            // Further information on the status.
	Hook      string            `json:"hook,omitempty"`              // CloudFormation hook that an event belongs to.
	Property  string            `json:"property,omitempty"`          // Path of the property that a validation refuses.
	Reason    string            `json:"reason,omitempty"`            // Reason as the service or this program gives it.
	Code      string            `json:"code,omitempty"`              // Error code of the service.
	Request   string            `json:"request,omitempty"`           // Request ID of the service.
	Batch     string            `json:"batchReason,omitempty"`       // Reason that AWS Batch gives for the status of the resource.
	Hint      string            `json:"hint,omitempty"`              // Advice on what to change.
	OpID      string            `json:"operationId,omitempty"`       // ID of CloudFormation's operation.
	Foreign   bool              `json:"foreign,omitempty"`           // True if the event belongs to another operation.
	Note      string            `json:"note,omitempty"`              // Text for people.
	Done      *int              `json:"done,omitempty"`              // Number of resources that are complete.
	Busy      []string          `json:"busy,omitempty"`              // Resources in progress.
	Result    string            `json:"result,omitempty"`            // Result of the command.
	Exit      *int              `json:"exit,omitempty"`              // Exit code of the program.
	Cause     *record           `json:"rootCause,omitempty"`         // First failure, which caused the others.
	Also      []record          `json:"also,omitempty"`              // Further failures that are not consequences of the first.
	Cancelled int               `json:"cancelled,omitempty"`         // Number of resources that were cancelled because of the failure.
	Blocking  []record          `json:"blocking,omitempty"`          // Failures of the rollback or the deletion.
	Left      []record          `json:"left,omitempty"`              // Resources that the operation could not delete.
	Seconds   int               `json:"seconds,omitempty"`           // Time between the first and the last event of the operation, in seconds.
	Next      string            `json:"next,omitempty"`              // Command or advice on how to continue.
	Outputs   map[string]string `json:"outputs,omitempty"`           // Outputs of the stack.

	Configuration *Configuration `json:"configuration,omitempty"` // Changes of Metaflow's configuration file.
}

// Configuration is what configure did.
type Configuration struct {
	Stacks []string `json:"stacks"` // Names of the stacks whose values were merged.
	metaflowconfig.Result
	Exports map[string]string `json:"exports"` // Environment variables to set.
}

// Configured writes the result of configure.
func (r *Records) Configured(configuration Configuration) {
	r.ended = true
	r.write(record{
		Type: "result", Operation: "CONFIGURE", Result: deploy.Succeeded.String(), Exit: new(0),
		Configuration: &configuration,
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
