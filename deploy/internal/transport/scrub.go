package transport

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"unicode/utf8"

	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/metaflow-cfn/metaflow-cfn/internal/bounded"
)

// maxReply is how large a reply may be, in bytes: a template of 1 MiB whose every character is an
// escape of XML like &quot; has 6 MiB.
const maxReply = 8 << 20

// scrubBody makes visible text of everything in a reply that XML does not allow. Go's
// decoder refuses the whole reply for one such character, and services quote whatever
// they find in their reasons. A body without any content is a failure: each reply has
// at least the ID of its request, and a decoder would take it for an empty list. So is a
// body that is not XML.
func scrubBody(reply *smithyhttp.Response) error {
	raw, err := bounded.Read(reply.Body, maxReply)
	if large := (*bounded.TooLargeError)(nil); errors.As(err, &large) {
		return &replyError{err.Error()}
	}
	if err == nil && len(raw) == 0 && reply.StatusCode == http.StatusOK {
		return ErrEmptyReply
	}
	if err == nil && reply.StatusCode < http.StatusBadRequest && !isXML(raw) {
		return describeReply(reply.Response, raw)
	}
	var text io.Reader = bytes.NewReader(scrub(raw))
	if err != nil {
		text = io.MultiReader(text, failing{err})
	}
	reply.Body = struct {
		io.Reader
		io.Closer
	}{text, reply.Body}
	return nil
}

// failing is a reader that always fails.
type failing struct{ err error }

// Read returns the error.
func (f failing) Read([]byte) (int, error) { return 0, f.err }

// scrub writes control characters, raw or as a reference like &#x1B;, as \u001b, and
// U+FFFD for bytes that are not UTF-8.
func scrub(raw []byte) []byte {
	clean := make([]byte, 0, len(raw))
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		n, length := reference(raw)
		switch {
		case length > 0 && !legal(n):
			clean, size = fmt.Appendf(clean, `\u%04x`, n), length
		case r == utf8.RuneError && size == 1:
			clean = utf8.AppendRune(clean, utf8.RuneError)
		case !legal(uint64(r)):
			clean = fmt.Appendf(clean, `\u%04x`, r)
		default:
			clean = append(clean, raw[:size]...)
		}
		raw = raw[size:]
	}
	return clean
}

// reference reads a character reference at the beginning of the text. The length is 0
// when there is none.
func reference(text []byte) (n uint64, length int) {
	const longest = len("&#1114111;")
	end := bytes.IndexByte(text[:min(len(text), longest)], ';')
	if end < 0 || !bytes.HasPrefix(text, []byte("&#")) {
		return 0, 0
	}
	digits, base := text[2:end], 10
	if bytes.HasPrefix(digits, []byte("x")) {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	if err != nil {
		return 0, 0
	}
	return n, end + 1
}

// legal reports whether a character may occur in a document ("Char" in XML 1.0).
func legal(n uint64) bool {
	switch {
	case n == '\t', n == '\n', n == '\r':
		return true
	}
	return n >= 0x20 && n <= 0xD7FF || n >= 0xE000 && n <= 0xFFFD || n >= 0x10000 && n <= 0x10FFFF
}
