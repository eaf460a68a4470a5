package awsconfig

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// maxAnswer is the longest reply of STS that is read, in bytes. Those of AWS have a few
// kilobytes.
const maxAnswer = 1 << 20

// enough is how many bytes of a reply that breaks off show where it comes from.
const enough = 200

// answerError is a reply that AWS does not give: something else answers in its place.
type answerError struct {
	from string // scheme and host, "" when not known
	what string // came back
}

// Error names the sender and what came.
func (e *answerError) Error() string {
	from := e.from
	if from == "" {
		from = "AWS STS"
	}
	return from + " answered, but not as AWS does: " + e.what
}

func (e *answerError) problem() *Problem {
	return &Problem{false, e, "Check the network (a proxy or a captive portal may answer in its " +
		"place), AWS_ENDPOINT_URL; then try: aws sts get-caller-identity"}
}

// checkAnswers makes every call to STS look at the reply before it is decoded.
func checkAnswers(stack *middleware.Stack) error {
	return stack.Deserialize.Add(
		middleware.DeserializeMiddlewareFunc("metaflow-cfn answers", checkAnswer), middleware.After)
}

// checkAnswer refuses a reply of STS that is not one of AWS: a page of HTML, a redirect,
// a text, nothing. Replies of a server in trouble are left to the SDK, which asks again.
func checkAnswer(
	ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	reply, ok := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !ok || reply.Body == nil || awsmiddleware.GetServiceID(ctx) != "STS" ||
		reply.StatusCode >= http.StatusInternalServerError {
		return out, metadata, err
	}
	body, err := io.ReadAll(io.LimitReader(reply.Body, maxAnswer+1))
	if err != nil && (len(body) < enough || isAnswer(body)) {
		return out, metadata, err
	}
	if !isAnswer(body) {
		odd := &answerError{what: describeAnswer(reply.Response, body)}
		if request, ok := in.Request.(*smithyhttp.Request); ok {
			odd.from = request.URL.Scheme + "://" + request.URL.Host
		}
		return out, metadata, odd
	}
	reply.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(body), reply.Body}
	return out, metadata, nil
}

// isAnswer reports whether a body begins like a reply of STS: an XML document whose root
// ends in Response.
func isAnswer(body []byte) bool {
	if len(body) > maxAnswer {
		return false
	}
	decoder := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := decoder.Token()
		if err != nil {
			return false
		}
		if root, is := token.(xml.StartElement); is {
			return strings.HasSuffix(root.Name.Local, "Response")
		}
	}
}

// describeAnswer says what came back. HTML says nothing to people and is not quoted.
func describeAnswer(reply *http.Response, body []byte) string {
	kind, _, _ := mime.ParseMediaType(reply.Header.Get("Content-Type")) // "" is as good
	text := strings.Join(strings.Fields(string(body[:min(len(body), 200)])), " ")
	what := fmt.Sprintf("status %d", reply.StatusCode)
	switch {
	case reply.StatusCode >= 300 && reply.StatusCode < 400:
		return what + ", which leads elsewhere"
	case len(body) > maxAnswer:
		return what + ", more than 1 MiB"
	case text == "":
		return what + ", an empty reply"
	case strings.HasPrefix(text, "<") || kind == "text/html":
		return what + ", a page of " + cmp.Or(kind, "text/html")
	}
	return fmt.Sprintf("%s, %s, %q", what, cmp.Or(kind, "no content type"), text[:min(len(text), 60)])
}
