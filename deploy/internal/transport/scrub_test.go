package transport

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	smithyhttp "github.com/aws/smithy-go/transport/http"
)

func TestScrub(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"plain é 漢 \U0001f600 &amp; &#65; &#x1F600;", "plain é 漢 \U0001f600 &amp; &#65; &#x1F600;"},
		{"\t\r\n", "\t\r\n"},
		{"&#x1B;&#27;&#0;&#xD800;&#xFFFE;", `\u001b\u001b\u0000\ud800\ufffe`},
		// The first and the last characters that XML allows, and their neighbours.
		{"&#x20;&#xD7FF;&#xE000;&#xFFFD;&#x10000;&#x10FFFF;",
			"&#x20;&#xD7FF;&#xE000;&#xFFFD;&#x10000;&#x10FFFF;"},
		{"&#x1F;&#xD800;&#xDFFF;&#xFFFE;&#xFFFF;", `\u001f\ud800\udfff\ufffe\uffff`},
		{"&#x110000;&#1114111;", `\u110000&#1114111;`},
		{"\x1b\x00\x7f\u0085\ufffe", `\u001b\u0000` + "\x7f\u0085" + `\ufffe`},
		{"bad \xff\xc3 bytes", "bad \ufffd\ufffd bytes"},
		{"\ufffd is legal", "\ufffd is legal"},
		{"&# &#; &#x; &#zz; & &#27", "&# &#; &#x; &#zz; & &#27"},
	} {
		if got := string(scrub([]byte(c.raw))); got != c.want {
			t.Errorf("%q: got %q, want %q", c.raw, got, c.want)
		}
	}
}

// The decoder accepts every text that was scrubbed, except a malformed reference or tag.
func FuzzScrub(f *testing.F) {
	for _, seed := range []string{"plain", "\x00\x1b", "&#x1B;&#0;", "\xff\ufffe", "&#xD800;"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		clean := scrub(raw)
		if string(scrub(clean)) != string(clean) {
			t.Errorf("%q is not clean", clean)
		}
		decoder := xml.NewDecoder(strings.NewReader("<r>" + string(clean) + "</r>"))
		decoder.Strict = false     // malformed references are accepted
		for range len(clean) + 3 { // it may end anywhere, because errors do not matter
			_, err := decoder.Token()
			if err == nil {
				continue
			}
			has := func(text string) bool { return strings.Contains(err.Error(), text) }
			if has("illegal character") || has("invalid UTF-8") {
				t.Errorf("%q: %v", clean, err)
			}
			return
		}
	})
}

func TestABrokenReplyStaysBroken(t *testing.T) {
	reply := &smithyhttp.Response{Response: &http.Response{StatusCode: 200,
		Body: io.NopCloser(io.MultiReader(strings.NewReader("half"), failing{io.ErrUnexpectedEOF}))}}
	expect(t, "scrubbed", scrubBody(reply), error(nil))
	text, err := io.ReadAll(reply.Body)
	expect(t, "text", string(text), "half")
	expect(t, "error", errors.Is(err, io.ErrUnexpectedEOF), true)
}
