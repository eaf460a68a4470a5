package command

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
)

// longest is how much of one text from AWS is shown to people, in bytes.
const longest = 2000

// visible makes every character that could steer a terminal or reorder a line
// visible as \u009b, and cuts what is too long.
func visible(s string) string {
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "…"
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexFunc(s, steers) < 0 {
		return s
	}
	return string(escape([]byte(s)))
}

// escapeJSON writes the characters of a JSON text that could steer a terminal as
// JSON escapes, which say the same.
func escapeJSON(line []byte) []byte {
	if bytes.IndexFunc(line, steers) < 0 {
		return line
	}
	return escape(line)
}

func escape(text []byte) []byte {
	var out bytes.Buffer
	for _, r := range string(text) {
		if steers(r) {
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.Bytes()
}

// steers reports whether a character is a control (C0, C1, DEL), a separator of
// lines, or one that changes the direction of text. All have four digits.
func steers(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// columns is how wide a text is on a terminal, or a little more: what is not
// ASCII counts as two, which no character exceeds, and what joins the one
// before it as none.
func columns(s string) (n int) {
	for _, r := range s {
		n += columnsOf(r)
	}
	return n
}

func columnsOf(r rune) int {
	switch {
	case r < 0x80:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	return 2
}

// cut is as much of a text as fits into the columns, with a mark where some is missing.
func cut(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	used := 0
	for i, r := range s {
		if used += columnsOf(r); used > width-1 {
			return s[:i] + "~"
		}
	}
	return s
}
