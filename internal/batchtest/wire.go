package batchtest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// request is a call and its answer.
type request struct {
	*http.Request
	body []byte
	form url.Values     // of the query protocol
	in   map[string]any // of the JSON protocols

	status int
	header http.Header
	out    any // JSON, or a string
}

// read reads a call.
func read(r *http.Request) *request {
	body, _ := io.ReadAll(r.Body) // what is missing is refused below
	in := &request{Request: r, body: body, status: http.StatusOK, header: http.Header{}}
	in.form, _ = url.ParseQuery(string(body))
	_ = json.Unmarshal(body, &in.in)
	return in
}

// batchActions are the actions of AWS Batch by path.
var batchActions = map[string]string{
	"/v1/describejobqueues": "DescribeJobQueues", "/v1/submitjob": "SubmitJob",
	"/v1/describecomputeenvironments": "DescribeComputeEnvironments",
	"/v1/registerjobdefinition":       "RegisterJobDefinition",
	"/v1/describejobs":                "DescribeJobs", "/v1/listjobs": "ListJobs",
	"/v1/terminatejob": "TerminateJob", "/v1/describejobdefinitions": "DescribeJobDefinitions",
	"/v1/deregisterjobdefinition": "DeregisterJobDefinition",
}

// action returns the action of a call.
func (r *request) action(service string) string {
	switch service {
	case "batch":
		return batchActions[r.URL.Path]
	case "s3":
		return map[string]string{"GET": "GetObject", "DELETE": "DeleteObject",
			"PUT":  "PutObject",
			"HEAD": r.headed()}[r.Method]
	case "ecs", "logs", "servicequotas":
		_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		return action
	}
	return r.form.Get("Action")
}

// headed returns what a HEAD asks for.
func (r *request) headed() string {
	if _, key := r.object(); key == "" {
		return "HeadBucket"
	}
	return "HeadObject"
}

// object returns the bucket and the key of a call to Amazon S3: the bucket is in the path, or in
// the host.
func (r *request) object() (bucket, key string) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	if host, _, is := strings.Cut(r.Host, ".cloudformation.test"); is {
		return host, path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// refuse answers with an error in the protocol of the service.
func (r *request) refuse(service string, status int, code, message string) {
	r.status = status
	switch service {
	case "s3":
		r.out = fmt.Sprintf("<Error><Code>%s</Code><Message>%s</Message></Error>",
			strings.TrimSuffix(code, "Exception"), escape(message))
	case "ec2":
		r.out = fmt.Sprintf("<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error>"+
			"</Errors></Response>", code, escape(message))
	case "iam", "autoscaling":
		r.out = fmt.Sprintf("<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s"+
			"</Message></Error></ErrorResponse>", strings.TrimSuffix(code, "Exception"), escape(message))
	default:
		r.header.Set("X-Amzn-Errortype", code)
		r.out = map[string]any{"message": message}
	}
}

// escape returns a text as XML.
func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}

// answer writes the answer. The client may have gone.
func (r *request) answer(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.WriteHeader(r.status)
	switch out := r.out.(type) {
	case nil:
	case string:
		_, _ = io.WriteString(w, out)
	default:
		_ = json.NewEncoder(w).Encode(out)
	}
}
