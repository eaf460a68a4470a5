package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// schemaVersion is that of the records; it changes when a field changes meaning.
const schemaVersion = 1

// records is the screen for programs: NDJSON on stdout, each line complete in
// itself, the last one the result.
type records struct{ *env }

// record is one line. Type says which fields are set.
type record struct {
	Version   int               `json:"v"`
	Type      string            `json:"type"` // plan, start, event, note, waiting or result
	Stack     string            `json:"stack,omitempty"`
	StackID   string            `json:"stackId,omitempty"`
	Operation string            `json:"op,omitempty"`
	Token     string            `json:"token,omitempty"`
	Planned   int               `json:"planned,omitempty"`
	Changes   []deploy.Change   `json:"changes,omitempty"`
	EventID   string            `json:"eventId,omitempty"`
	Time      string            `json:"ts,omitempty"`
	Path      string            `json:"path,omitempty"`
	ID        string            `json:"id,omitempty"`
	Physical  string            `json:"physicalId,omitempty"`
	Resource  string            `json:"rtype,omitempty"`
	Status    string            `json:"status,omitempty"`
	Reason    string            `json:"reason,omitempty"`
	OpID      string            `json:"operationId,omitempty"`
	Foreign   bool              `json:"foreign,omitempty"` // belongs to another operation
	Note      string            `json:"note,omitempty"`
	Result    string            `json:"result,omitempty"`
	Exit      *int              `json:"exit,omitempty"` // of the program
	Cause     *record           `json:"rootCause,omitempty"`
	Also      []record          `json:"also,omitempty"`
	Cancelled int               `json:"cancelled,omitempty"`
	Left      []record          `json:"left,omitempty"`
	Outputs   map[string]string `json:"outputs,omitempty"`
}

func (r *records) write(rec record) {
	rec.Version = schemaVersion
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(rec); err != nil {
		r.say("%v", err) // strings and numbers always have a JSON form
		return
	}
	line := buf.Bytes()[:buf.Len()-1]
	fmt.Fprintln(r.out, string(escapeJSON(line)))
}

// escapeJSON writes the characters that could steer a terminal as JSON escapes,
// which say the same.
func escapeJSON(line []byte) []byte {
	if bytes.IndexFunc(line, steers) < 0 {
		return line
	}
	var out bytes.Buffer
	for _, c := range string(line) {
		if steers(c) {
			fmt.Fprintf(&out, `\u%04x`, c)
		} else {
			out.WriteRune(c)
		}
	}
	return out.Bytes()
}

func (r *records) plan(p *deploy.Plan) {
	r.write(record{Type: "plan", Stack: p.Stack.Name, StackID: p.Stack.ID, Operation: p.Operation, Planned: len(p.Changes), Changes: p.Changes})
}

func (r *records) start(op *deploy.Operation) {
	r.write(record{Type: "start", Stack: stackOf(op.StackID), StackID: op.StackID, Operation: op.Kind, Token: op.Token, Planned: op.Planned})
}

func (r *records) event(e deploy.Event) {
	if e.Note != "" {
		r.write(record{Type: "note", Note: e.Note})
		return
	}
	r.write(eventRecord(e))
}

func eventRecord(e deploy.Event) record {
	return record{
		Type: "event", EventID: e.ID, Time: e.Time.UTC().Format(time.RFC3339Nano), Path: e.Path, ID: e.LogicalID,
		Physical: e.PhysicalID, Resource: e.Type, Status: e.Status, Reason: e.Reason, OpID: e.OperationID, Foreign: !e.Ours,
	}
}

func (r *records) quiet() { r.write(record{Type: "waiting"}) }

func (r *records) end(op *deploy.Operation, o deploy.Outcome, code int) {
	rec := record{
		Type: "result", Stack: stackOf(op.StackID), StackID: op.StackID, Operation: op.Kind, Result: o.Result.String(),
		Status: o.Status, Exit: &code, Cancelled: o.Cancelled,
	}
	if o.Status != "DELETE_COMPLETE" {
		rec.Outputs = o.Stack.Outputs
	}
	if o.Cause != nil {
		rec.Cause = new(eventRecord(*o.Cause))
	} else if o.Result != deploy.Succeeded {
		rec.Reason = o.Stack.Reason
	}
	for _, e := range o.Also {
		rec.Also = append(rec.Also, eventRecord(e))
	}
	for _, e := range o.Left {
		rec.Left = append(rec.Left, eventRecord(e))
	}
	r.write(rec)
}

// stopped is the result of a command that ended before an operation began.
func (r *records) stopped(code int, err error) {
	result := "unknown"
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
	r.write(record{Type: "result", Result: result, Exit: &code, Reason: err.Error()})
}

func sortedNames(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
