package display

import (
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// Check writes a check of verify.
func (r *Records) Check(name, status, detail string) {
	r.write(record{Type: "check", ID: name, Status: status, Detail: detail})
}

// Progress writes a step of the job of verify; the status is "" for a detail alone.
func (r *Records) Progress(job, status, detail string, at time.Time) {
	r.write(record{Type: "job", ID: job, Status: status, Detail: detail,
		Time: at.UTC().Format(time.RFC3339)})
}

// Because writes why the job of verify does not run.
func (r *Records) Because(name, text, evidence, try string) {
	r.write(record{Type: "cause", ID: name, Reason: text, Detail: evidence, Hint: try})
}

// Verified writes that the job has run.
func (r *Records) Verified(stack string) {
	r.ended = true
	r.write(record{Type: "result", Stack: stack, Operation: "VERIFY",
		Result: deploy.Succeeded.String(), Exit: new(0)})
}
