package events

import (
	"cmp"
	"strings"
)

// Keys that services append to their messages.
const (
	serviceKey = "Service"
	codeKey    = "Error Code"
	requestKey = "Request ID"
	tokenKey   = "RequestToken"
	handlerKey = "HandlerErrorCode"
	encodedKey = "Encoded authorization failure message"
	attemptKey = "SDK Attempt Count"
)

// handlerPrefix begins the message of a service that a resource handler quotes.
const handlerPrefix = `Resource handler returned message: "`

// Message splits the reason into the service's message, its error code and the ID of
// the failed request; the latter two are "" where the reason names none. The message of
// a denial keeps its end, which names the policy that denies. See Trailer for the rest.
func (e Event) Message() (text, code, requestID string) {
	text, fields := split(e.Reason)
	return text, cmp.Or(fields[codeKey], fields[handlerKey]), fields[requestKey]
}

// Trailer returns the fields that Message removes from the service's message, under
// CloudFormation's names: Service, Status Code, Error Code, Request ID, RequestToken,
// HandlerErrorCode, Encoded authorization failure message. It is empty when there are none.
func (e Event) Trailer() map[string]string {
	_, fields := split(e.Reason)
	return fields
}

// split separates a message from the fields that services append: "(Service: Batch,
// Status Code: 400, Request ID: …)", older services with semicolons and an Error Code,
// handlers of newer SDKs "(SDK Attempt Count: 1)" after that, and resource handlers
// "(RequestToken: …, HandlerErrorCode: …)" after the quoted message. A field whose value is
// null says nothing.
func split(reason string) (text string, fields map[string]string) {
	text, fields = strings.TrimSpace(reason), map[string]string{}
	for {
		inner, quoted := strings.CutPrefix(text, handlerPrefix)
		if quoted && strings.HasSuffix(inner, `"`) {
			text = strings.TrimSpace(strings.TrimSuffix(inner, `"`))
			continue
		}
		open := strings.LastIndex(text, "(")
		if open < 0 || !strings.HasSuffix(text, ")") {
			break
		}
		found := trailer(text[open+1 : len(text)-1])
		if found == nil {
			break
		}
		for key, value := range found {
			if fields[key] == "" {
				fields[key] = value
			}
		}
		text = strings.TrimSpace(text[:open])
	}
	// Only sts:DecodeAuthorizationMessage can read this, and it is long.
	if before, after, found := strings.Cut(text, encodedKey+": "); found {
		code, rest, _ := strings.Cut(after, " ")
		fields[encodedKey] = strings.TrimSuffix(code, ".")
		text = strings.TrimSpace(before + rest)
	}
	return cmp.Or(text, reason), fields
}

// trailer reads "Key: value, Key: value"; it returns nil for any other text.
func trailer(text string) map[string]string {
	fields := map[string]string{}
	separates := func(r rune) bool { return r == ',' || r == ';' }
	for _, field := range strings.FieldsFunc(text, separates) {
		key, value, ok := strings.Cut(field, ":")
		if !ok {
			return nil
		}
		if value = strings.TrimSpace(value); value != "null" {
			fields[strings.TrimSpace(key)] = value
		}
	}
	for _, key := range []string{serviceKey, tokenKey, handlerKey, attemptKey} {
		if fields[key] != "" {
			return fields
		}
	}
	return nil
}
