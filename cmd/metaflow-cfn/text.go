package main

import (
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
	if strings.IndexFunc(s, steers) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if steers(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// steers reports whether a character is a control (C0, C1, DEL), a separator of
// lines, or one that changes the direction of text.
func steers(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}
