package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"unicode/utf8"

	smithy "github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// legible lets the SDK read replies whose texts hold characters that XML does not
// allow: a service's reason may, and the decoder would refuse the whole reply
// with it. They become visible, as \u001b.
func legible(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("Legible", func(
		ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
	) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		reply, ok := out.RawResponse.(*smithyhttp.Response)
		if err != nil || !ok {
			return out, metadata, err
		}
		text, err := io.ReadAll(reply.Body)
		if err != nil {
			return out, metadata, &smithy.DeserializationError{Err: err}
		}
		reply.Body = wholeBody{bytes.NewReader(characters(text)), reply.Body}
		return out, metadata, nil
	}), middleware.After)
}

// wholeBody is a body that has been read, and closes the one that it was read from.
type wholeBody struct {
	io.Reader
	io.Closer
}

var reference = regexp.MustCompile(`&#(x[0-9A-Fa-f]+|[0-9]+);`)

// characters is an XML text with every character that XML 1.0 does not allow,
// written as itself or as a reference, replaced by its number.
func characters(text []byte) []byte {
	text = reference.ReplaceAllFunc(text, func(ref []byte) []byte {
		digits, base := string(ref[2:len(ref)-1]), 10
		if digits[0] == 'x' {
			digits, base = digits[1:], 16
		}
		n, err := strconv.ParseUint(digits, base, 31)
		if err != nil || isAllowed(rune(n)) {
			return ref
		}
		return fmt.Appendf(nil, `\u%04x`, n)
	})
	if utf8.Valid(text) && bytes.IndexFunc(text, func(r rune) bool { return !isAllowed(r) }) < 0 {
		return text
	}
	var out bytes.Buffer
	for _, r := range string(text) { // what is no UTF-8 becomes U+FFFD
		if isAllowed(r) {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}

// isAllowed is Char of https://www.w3.org/TR/xml/#charsets.
func isAllowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || ' ' <= r && r <= 0xD7FF || 0xE000 <= r && r <= 0xFFFD || 0x10000 <= r && r <= 0x10FFFF
}
