package deploy

import (
	"cmp"
	"strings"
)

// Keys of what services append to their words.
const (
	serviceKey = "Service"
	statusKey  = "Status Code"
	codeKey    = "Error Code"
	requestKey = "Request ID"
	tokenKey   = "RequestToken"
	handlerKey = "HandlerErrorCode"
	encodedKey = "Encoded authorization failure message"
)

// handlerWords is how a resource handler wraps the words of the service.
const handlerWords = `Resource handler returned message: "`

// Message splits the reason into the words of the service, its error code and the ID
// of the failed request; the latter two are "" where the reason names none. The words
// of a denial, which end in what denies it, stay whole. See Trailer for the rest.
func (e Event) Message() (text, code, requestID string) {
	text, fields := split(e.Reason)
	return text, cmp.Or(fields[codeKey], fields[handlerKey]), fields[requestKey]
}

// Trailer is what Message takes off the words of the service, by the names that
// CloudFormation gives it: Service, Status Code, Error Code, Request ID, RequestToken,
// HandlerErrorCode, Encoded authorization failure message. It is empty when there is
// no such thing.
func (e Event) Trailer() map[string]string {
	_, fields := split(e.Reason)
	return fields
}

// split takes off what services append to their words: "(Service: Batch, Status Code:
// 400, Request ID: …)", older ones with semicolons and an Error Code, resource handlers
// "(RequestToken: …, HandlerErrorCode: …)" around the quoted words of the service.
func split(reason string) (text string, fields map[string]string) {
	text, fields = strings.TrimSpace(reason), map[string]string{}
	for {
		inner, quoted := strings.CutPrefix(text, handlerWords)
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
	if words, code, found := strings.Cut(text, encodedKey+": "); found {
		code, rest, _ := strings.Cut(code, " ")
		fields[encodedKey] = strings.TrimSuffix(code, ".")
		text = strings.TrimSpace(words + rest)
	}
	return cmp.Or(text, reason), fields
}

// trailer reads "Key: value, Key: value", or nil when it is no such thing.
func trailer(text string) map[string]string {
	fields := map[string]string{}
	for _, field := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		key, value, ok := strings.Cut(field, ":")
		if !ok {
			return nil
		}
		fields[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	for _, key := range []string{serviceKey, tokenKey, handlerKey} {
		if fields[key] != "" {
			return fields
		}
	}
	return nil
}
