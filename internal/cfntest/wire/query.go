package wire

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Request is one call in the AWS query protocol: a form with an Action.
type Request struct {
	Action string
	Form   url.Values
	Region string // of the signature's scope

	keyID  string // access key of the signature
	signed time.Time
}

func parseRequest(r *http.Request, region string) (*Request, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	req := &Request{Action: r.Form.Get("Action"), Form: r.Form, Region: region}
	// Credential=AKID/20261121/eu-west-1/cloudformation/aws4_request
	if _, scope, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		if parts := strings.Split(scope, "/"); len(parts) > 2 {
			req.keyID, req.Region = parts[0], parts[2]
		}
	}
	req.signed, _ = time.Parse(amzDate, r.Header.Get("X-Amz-Date"))
	return req, nil
}

// amzDate is the layout of the X-Amz-Date header.
const amzDate = "20060102T150405Z"

// Get returns a field, empty when it is missing.
func (r *Request) Get(name string) string { return r.Form.Get(name) }

// Flag tells whether a Boolean field is true.
func (r *Request) Flag(name string) bool { return r.Form.Get(name) == "true" }

// List returns Name.member.1, Name.member.2, …
func (r *Request) List(name string) []string { return r.Numbered(name + ".member") }

// Numbered returns Name.1, Name.2, …, which is a list in EC2's calls.
func (r *Request) Numbered(name string) []string {
	var out []string
	for i := 1; ; i++ {
		key := fmt.Sprintf("%s.%d", name, i)
		if !r.Form.Has(key) {
			return out
		}
		out = append(out, r.Form.Get(key))
	}
}

// Each calls f with a reader of the fields of every member of a list of structures.
func (r *Request) Each(name string, f func(field func(string) (string, bool))) {
	for i := 1; ; i++ {
		prefix := fmt.Sprintf("%s.member.%d.", name, i)
		found := false
		for key := range r.Form {
			if strings.HasPrefix(key, prefix) {
				found = true
				break
			}
		}
		if !found {
			return
		}
		f(func(field string) (string, bool) {
			return r.Form.Get(prefix + field), r.Form.Has(prefix + field)
		})
	}
}

// Tags returns the list Tags.
func (r *Request) Tags() map[string]string {
	tags := map[string]string{}
	r.Each("Tags", func(field func(string) (string, bool)) {
		key, _ := field("Key")
		tags[key], _ = field("Value")
	})
	return tags
}
