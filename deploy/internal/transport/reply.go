package transport

import (
	"bytes"
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// replyError is the failure of a call whose reply is not XML: CloudFormation has not sent
// it.
type replyError struct{ what string }

// Error says what came instead.
func (e *replyError) Error() string {
	return "the reply is not one of CloudFormation: " + e.what
}

// isXML reports whether a body begins like an XML document that is not a page of HTML.
func isXML(body []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 100)]))
	return bytes.HasPrefix(start, []byte("<")) && !bytes.HasPrefix(start, []byte("<html")) &&
		!bytes.HasPrefix(start, []byte("<!doctype html"))
}

// describeReply names status, content type and first words of a reply. HTML is not quoted,
// and neither is what the Content-Type calls HTML.
func describeReply(reply *http.Response, body []byte) error {
	kind, _, err := mime.ParseMediaType(reply.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	what := fmt.Sprintf("status %d, %s", reply.StatusCode, cmp.Or(kind, "no content type"))
	words := []rune(strings.Join(strings.Fields(string(body[:min(len(body), 400)])), " "))
	if len(words) > 0 && words[0] != '<' && kind != "text/html" {
		what += fmt.Sprintf(", %q", string(words[:min(len(words), 60)]))
	}
	return &replyError{what}
}
