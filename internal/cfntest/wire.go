package cfntest

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// request is one call in the AWS query protocol: a form with an Action.
type request struct {
	action string
	form   url.Values
	region string // of the signature's scope
	keyID  string // access key of the signature
	signed time.Time
}

func parseRequest(r *http.Request, region string) (*request, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	req := &request{action: r.Form.Get("Action"), form: r.Form, region: region}
	// Credential=AKID/20261121/eu-west-1/cloudformation/aws4_request
	if _, scope, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		if parts := strings.Split(scope, "/"); len(parts) > 2 {
			req.keyID, req.region = parts[0], parts[2]
		}
	}
	req.signed, _ = time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	return req, nil
}

func (r *request) get(name string) string { return r.form.Get(name) }

// is tells whether a call is one of those that Fault means by a name.
func (r *request) is(name string) bool {
	action, kind, _ := strings.Cut(name, ":")
	one := r.get("StackName") != ""
	return (action == "*" || action == r.action) && (kind == "" || kind == "one" == one)
}

func (r *request) flag(name string) bool { return r.form.Get(name) == "true" }

// list reads Name.member.1, Name.member.2, …
func (r *request) list(name string) []string {
	var out []string
	for i := 1; ; i++ {
		key := fmt.Sprintf("%s.member.%d", name, i)
		if !r.form.Has(key) {
			return out
		}
		out = append(out, r.form.Get(key))
	}
}

// each calls f with a reader of the fields of every member of a list of structures.
func (r *request) each(name string, f func(field func(string) (string, bool))) {
	for i := 1; ; i++ {
		prefix := fmt.Sprintf("%s.member.%d.", name, i)
		found := false
		for key := range r.form {
			if strings.HasPrefix(key, prefix) {
				found = true
				break
			}
		}
		if !found {
			return
		}
		f(func(field string) (string, bool) { return r.form.Get(prefix + field), r.form.Has(prefix + field) })
	}
}

func (r *request) tags() map[string]string {
	tags := map[string]string{}
	r.each("Tags", func(field func(string) (string, bool)) {
		key, _ := field("Key")
		tags[key], _ = field("Value")
	})
	return tags
}

// apiError is an error as AWS answers it.
type apiError struct {
	status        int
	code, message string
}

// Error is code and message.
func (e *apiError) Error() string { return e.code + ": " + e.message }

func invalid(format string, args ...any) *apiError {
	return &apiError{http.StatusBadRequest, "ValidationError", fmt.Sprintf(format, args...)}
}

func refused(code, format string, args ...any) *apiError {
	return &apiError{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}

// node is an element of a reply.
type node struct {
	name, text string
	kids       []*node
}

func el(name string, kids ...*node) *node { return &node{name: name, kids: kids} }

// text is a leaf; nil, which is left out, when the value is empty.
func text(name, value string) *node {
	if value == "" {
		return nil
	}
	return &node{name: name, text: value}
}

func boolean(name string, value bool) *node {
	return &node{name: name, text: strconv.FormatBool(value)}
}

func stamp(name string, t time.Time) *node {
	if t.IsZero() {
		return nil
	}
	return text(name, t.UTC().Format("2006-01-02T15:04:05.000Z"))
}

// members is a list of structures.
func members(name string, items []*node) *node {
	list := el(name)
	for _, item := range items {
		list.kids = append(list.kids, &node{name: "member", kids: item.kids, text: item.text})
	}
	return list
}

// strings of a list.
func textMembers(name string, items []string) *node {
	list := el(name)
	for _, item := range items {
		list.kids = append(list.kids, &node{name: "member", text: item})
	}
	return list
}

func (n *node) write(b *strings.Builder, rawControls bool) {
	fmt.Fprintf(b, "<%s>", n.name)
	escape(b, n.text, rawControls)
	for _, kid := range n.kids {
		if kid != nil {
			kid.write(b, rawControls)
		}
	}
	fmt.Fprintf(b, "</%s>", n.name)
}

// escape writes character data. Control characters, which XML 1.0 does not allow in either form, stay in the reply: a client has to live with
// them.
func escape(b *strings.Builder, s string, rawControls bool) {
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '\r', r < ' ' && r != '\n' && r != '\t' && !rawControls:
			fmt.Fprintf(b, "&#x%X;", r)
		default:
			b.WriteRune(r)
		}
	}
}

const (
	cloudFormationXMLNS = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
	stsXMLNS            = "https://sts.amazonaws.com/doc/2011-06-15/"
)

// render is the body of a reply: ActionResponse around ActionResult, or an ErrorResponse.
func (s *Server) render(action, requestID string, result *node, fail *apiError) string {
	xmlns := cloudFormationXMLNS
	if action == "GetCallerIdentity" {
		xmlns = stsXMLNS
	}
	var b strings.Builder
	if fail != nil {
		kind := "Sender"
		if fail.status >= 500 {
			kind = "Receiver"
		}
		fmt.Fprintf(&b, "<ErrorResponse xmlns=%q>", xmlns)
		el("Error", text("Type", kind), text("Code", fail.code), text("Message", fail.message)).write(&b, s.opts.RawControls)
		text("RequestId", requestID).write(&b, false)
		b.WriteString("</ErrorResponse>")
		return b.String()
	}
	fmt.Fprintf(&b, "<%sResponse xmlns=%q>", action, xmlns)
	if result != nil {
		(&node{name: action + "Result", kids: result.kids}).write(&b, s.opts.RawControls)
	}
	el("ResponseMetadata", text("RequestId", requestID)).write(&b, false)
	fmt.Fprintf(&b, "</%sResponse>", action)
	return b.String()
}
