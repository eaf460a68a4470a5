package transport

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	smithy "github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// TestReplyThatIsNotXML names what came (docs/field-reports.md),
// and asks again.
func TestReplyThatIsNotXML(t *testing.T) {
	const prefix = "the reply is not one of CloudFormation: "
	for _, c := range []struct {
		status           int
		kind, body, want string
	}{
		{200, "application/json", `{"a": 1}`, `status 200, application/json, "{\"a\": 1}"`},
		{200, "", "please log in", `status 200, no content type, "please log in"`},
		{200, "text/html", "please log in", "status 200, text/html"},
		{200, "text/plain", " <!DOCTYPE HTML><p>", "status 200, text/plain"},
		{200, "text/xml", "<html><p>", "status 200, text/xml"},
		{307, "", "", "status 307, no content type"},
		{200, "text/plain", strings.Repeat("ä", 100),
			`status 200, text/plain, "` + strings.Repeat("ä", 60) + `"`},
		{200, "text/xml", "<DescribeStacksResponse/>", ""},
		{200, "", "\n<?xml version=\"1.0\"?><DescribeStacksResponse/>", ""},
		{403, "text/html", "<html>", ""}, // the status says more
	} {
		reply := &smithyhttp.Response{Response: &http.Response{StatusCode: c.status,
			Header: http.Header{"Content-Type": {c.kind}},
			Body:   io.NopCloser(strings.NewReader(c.body))}}
		err := scrubBody(reply)
		if c.want == "" {
			expect(t, c.body, err, error(nil))
			continue
		}
		sent := &smithy.OperationError{Err: &smithyhttp.ResponseError{Response: reply, Err: err}}
		expect(t, "text", Describe(sent), prefix+c.want)
		expect(t, fmt.Sprint(c.status, " is temporary"), Temporary(sent), true)
	}
}
