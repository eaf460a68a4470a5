package terminal

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzEscape gives any text to what writes to people and to programs: nothing that
// controls a terminal gets out, and programs read what was written.
func FuzzEscape(f *testing.F) {
	for _, seed := range []string{
		"plain", "a\x1b[31mred", "\x9b31m", "\u009b31m", "\u202eback", "line\u2028break\r\n\t",
		"\x00\x7f", strings.Repeat("ä", maxText), `quote " and \ backslash`, "::error::x",
		"👩‍💻 é", "AKIAIOSFODNN7EXAMPLE", `aws_secret_access_key = "x"`, `SessionToken\":\"x`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		shown := escapeControls(text)
		if strings.IndexFunc(shown, isUnsafe) >= 0 || !utf8.ValidString(shown) ||
			len(shown) > 8*(maxText+8) {
			t.Errorf("%q is shown as %q", text, shown)
		}
		for _, width := range []int{1, 20, 80} {
			if c := Truncate(shown, width); Width(c) > width {
				t.Errorf("%q in %d columns has %d", c, width, Width(c))
			}
		}
		checkJSON(t, text)
		row := Align([][]string{{text, "b"}, {"a", text}})
		if len(row) != 2 || strings.IndexFunc(strings.Join(row, ""), isUnsafe) >= 0 {
			t.Errorf("%q makes the table %q", text, row)
		}
	})
}

// checkJSON writes a text as JSON: it is read back as it was, and stays JSON when
// secrets are redacted.
func checkJSON(t *testing.T, text string) {
	t.Helper()
	line, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	safe := []byte(escapeJSON(line))
	var got, want string
	if json.Unmarshal(safe, &got) != nil || json.Unmarshal(line, &want) != nil || got != want ||
		bytes.IndexFunc(safe, isUnsafe) >= 0 {
		t.Errorf("%s is written as %s", line, safe)
	}
	hidden := new(Secrets).Redact(string(safe))
	if json.Unmarshal([]byte(hidden), &got) != nil {
		t.Errorf("%s is not JSON any more without its secrets: %s", safe, hidden)
	}
}
