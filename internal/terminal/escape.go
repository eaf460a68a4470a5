package terminal

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// maxText is how much of one text is shown to people, in bytes.
const maxText = 2000

// escapeControls writes every character that could control a terminal, reorder a line or
// that cannot be seen as \u009b, and truncates what is too long. A command to a CI gets an
// escape too.
func escapeControls(s string) string {
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexFunc(s, isUnsafe) >= 0 {
		s = string(escape([]byte(s)))
	}
	return escapeCommands(s)
}

// escapeJSON writes the characters of a JSON text that could control a terminal or a CI as
// JSON escapes, which mean the same.
func escapeJSON(line []byte) string {
	if bytes.IndexFunc(line, isUnsafe) >= 0 {
		line = escape(line)
	}
	return escapeCommands(string(line))
}

func escape(text []byte) []byte {
	var out bytes.Buffer
	for _, r := range string(text) {
		switch {
		case !isUnsafe(r):
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}

// isUnsafe reports whether a character is a control (C0, C1, DEL), a line separator, or one
// that cannot be seen: the ones that change the direction of text or have no width.
func isUnsafe(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Cf,
		unicode.Other_Default_Ignorable_Code_Point)
}

// escapeCommands keeps a text from being a command to a CI that looks for it anywhere in a
// line: ##[name] of GitHub Actions, ##vso[name] of Azure Pipelines, ##teamcity[name].
// https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
// https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
func escapeCommands(text string) string {
	if !strings.Contains(text, "##") {
		return text
	}
	var out strings.Builder
	for i, c := range []byte(text) {
		if c == '#' && isCommand(text[i:]) {
			fmt.Fprintf(&out, `\u%04x`, c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}

// isCommand reports whether a text begins with ##, letters and [.
func isCommand(text string) bool {
	rest, found := strings.CutPrefix(text, "##")
	rest = strings.TrimLeftFunc(rest, func(r rune) bool { return 'a' <= r|0x20 && r|0x20 <= 'z' })
	return found && strings.HasPrefix(rest, "[")
}
