package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// schemaVersion is that of the records; it changes when a field changes meaning.
const schemaVersion = 1

// records is the screen for programs: NDJSON on stdout, each line complete in
// itself, the last one the result, of which there is exactly one.
type records struct {
	*env
	progress

	spoke time.Time // when the last record was written
	ended bool      // the result is written
}

// record is one line. Type says which fields are set.
type record struct {
	Version   int               `json:"v,omitempty"` // of a whole line
	Type      string            `json:"type"`        // plan, start, event, note, waiting or result
	Stack     string            `json:"stack,omitempty"`
	StackID   string            `json:"stackId,omitempty"`
	Operation string            `json:"op,omitempty"`
	Token     string            `json:"token,omitempty"`
	Planned   int               `json:"planned,omitempty"`
	Changes   []changeRecord    `json:"changes,omitempty"`
	Losses    []string          `json:"needsAllowReplace,omitempty"`
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
}

func (r *records) write(rec record) {
	r.spoke = time.Now()
	rec.Version = schemaVersion
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(rec); err != nil {
		r.say("%v", err) // strings and numbers always have a JSON form
		return
	}
	line := buf.Bytes()[:buf.Len()-1]
	fmt.Fprintln(r.out, r.secrets.hide(string(escapeJSON(line))))
}

func (r *records) start(op *deploy.Operation, names []string) {
	r.progress = newProgress(op, names)
	r.write(record{Type: "start", Stack: r.stack, StackID: op.StackID, Operation: op.Kind, Token: op.Token, Planned: op.Planned})
}

func (r *records) event(e deploy.Event) {
	if e.Note != "" {
		if !e.Verbose || r.verbose {
			r.write(record{Type: "note", Stack: r.stack, Note: e.Note})
		}
		return
	}
	r.add(e)
	r.write(eventRecord(e))
}

func eventRecord(e deploy.Event) record {
	return record{
		Type: "event", EventID: e.ID, Time: e.Time.UTC().Format(time.RFC3339Nano), Path: e.Path, ID: e.LogicalID,
		Physical: e.PhysicalID, Resource: e.Type, Status: e.Status, Detail: e.Detail, Hook: e.Hook, Property: e.Property, Reason: e.Reason,
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

func (r *records) tick() {
	if time.Since(r.spoke) < heartbeat {
		return
	}
	rec := record{Type: "waiting", Stack: r.stack, Done: new(len(r.took)), Planned: r.planned}
	for _, e := range r.inProgress() {
		rec.Busy = append(rec.Busy, resourceOf(e))
	}
	r.write(rec)
}

func (r *records) end(op *deploy.Operation, o deploy.Outcome, code int) {
	r.ended = true
	stack := stackOf(op.StackID)
	rec := record{
		Type: "result", Stack: stack, StackID: op.StackID, Operation: op.Kind, Result: o.Result.String(),
		Status: o.Status, Exit: &code, Cancelled: o.Cancelled, Also: eventRecords(o.Also), Blocking: eventRecords(o.Blocking),
		Left: eventRecords(o.Left), Seconds: int(r.latest.Sub(r.first).Seconds()),
	}
	if deploys(op) {
		rec.Outputs = o.Stack.Outputs
	}
	switch {
	case o.Cause != nil:
		rec.Cause = r.causeRecord(*o.Cause)
	case o.Result != deploy.Succeeded:
		rec.Reason = o.Stack.Reason
	}
	if code != exitOK {
		rec.Next = next(stack, op.Kind, o)
	}
	r.write(rec)
	if o.Result != deploy.Succeeded && o.Result != deploy.Running {
		r.annotate(stack, failure(o))
	}
}

func (r *records) causeRecord(e deploy.Event) *record {
	rec := eventRecord(e)
	_, rec.Code, rec.Request = e.Message()
	rec.Batch = r.answers[resourceOf(e)]
	rec.Hint = r.hint(e, rec.Batch)
	return &rec
}

// stopped is the result of a command that ended before an operation began.
func (r *records) stopped(code int, err error, next string) {
	if r.ended {
		return
	}
	r.ended = true
	result := deploy.Unknown.String()
	switch code {
	case exitUsage:
		result = deploy.Invalid.String()
	case exitStuck:
		result = deploy.Stuck.String()
	case exitRefused:
		result = deploy.Refused.String()
	case exitDeclined:
		result = "declined"
	}
	rec := record{Type: "result", Result: result, Exit: &code, Reason: err.Error(), Next: next}
	if refusal := (*deploy.Error)(nil); errors.As(err, &refusal) && len(refusal.Causes) > 0 {
		rec.Cause, rec.Also = r.causeRecord(refusal.Causes[0]), eventRecords(refusal.Causes[1:])
	}
	r.write(rec)
}

func sortedNames(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
