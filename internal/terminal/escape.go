package terminal

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
)

// maxText is how much of one text is shown to people, in bytes.
const maxText = 2000

// escapeControls writes every character that could control a terminal or reorder a
// line as \u009b, and truncates what is too long.
func escapeControls(s string) string {
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexFunc(s, isUnsafe) < 0 {
		return s
	}
	return string(escape([]byte(s)))
}

// escapeJSON writes the characters of a JSON text that could control a terminal as
// JSON escapes, which mean the same.
func escapeJSON(line []byte) []byte {
	if bytes.IndexFunc(line, isUnsafe) < 0 {
		return line
	}
	return escape(line)
}

func escape(text []byte) []byte {
	var out bytes.Buffer
	for _, r := range string(text) {
		if isUnsafe(r) {
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.Bytes()
}

// isUnsafe reports whether a character is a control (C0, C1, DEL), a line
// separator, or one that changes the direction of text. All have four hex digits.
func isUnsafe(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}
