package paramfile

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// cutAssignment returns the name and the value of Name=value, as it is in a shell, a .env
// file or a properties file, with blanks around the = or without. It looks only at the
// beginning: aliases can repeat a long word in every line.
func cutAssignment(line string) (name, value string, ok bool) {
	head := line[:min(len(line), maxName)]
	if rest, exported := strings.CutPrefix(head, "export"); exported {
		if trimmed := strings.TrimLeft(rest, blanks); trimmed != rest {
			head = trimmed
		}
	}
	end := 0
	for end < len(head) && (isLetter(head[end]) || end > 0 && isDigit(head[end])) {
		end++
	}
	before, _, ok := strings.Cut(head, "=")
	if !ok || end == 0 || strings.Trim(before[end:], blanks) != "" {
		return "", "", false
	}
	_, value, _ = strings.Cut(line, "=")
	return head[:end], value, true
}

const blanks = " \t"

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' || c == '_' }

// isAssignment reports whether a line or a word is Name=value.
func isAssignment(line string) bool {
	_, _, ok := cutAssignment(line)
	return ok
}

// isAssignments reports whether a file has Name=value in its lines: whether its first
// line that says something is so.
func isAssignments(data []byte) bool {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	for line := range bytes.Lines(data) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' {
			return isAssignment(string(line))
		}
	}
	return false
}

// lines reads a file of Name=value: one or several a line, the value in quotes if it has
// blanks, as a shell reads it.
func (r *reader) lines(text string) {
	if !utf8.ValidString(text) {
		r.errorf(place{}, "the file is not text in UTF-8")
		return
	}
	scanner := bufio.NewScanner(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	scanner.Buffer(nil, MaxSize+1)
	type line struct {
		at   place
		text string
	}
	var all []line
	for n := 1; scanner.Scan(); n++ {
		text := strings.TrimSpace(scanner.Text())
		if strings.HasPrefix(text, "[") {
			r.add(place{n, 1}, func() error { return errSAM })
			return
		}
		if text != "" && text[0] != '#' {
			column := strings.Index(scanner.Text(), text) + 1
			all = append(all, line{place{n, column}, text})
		}
	}
	for _, l := range all {
		r.assign(l.at, l.text)
	}
}

// assign reads the Name=value of a line.
func (r *reader) assign(at place, line string) {
	if name, value, ok := cutAssignment(line); ok {
		line = name + "=" + strings.TrimLeft(value, blanks) // without blanks around =
	}
	words, err := split(line)
	if err != nil {
		r.errorf(at, "%s: %w", short(line), err)
		return
	}
	for _, word := range words {
		switch {
		case strings.HasPrefix(word, "#"):
			r.errorf(at, "%q is not Name=value: give a comment a line of its own, and a value that "+
				"has # quotes", short(word))
			return
		case !isAssignment(word):
			r.errorf(at, "%q is not Name=value: put a value with blanks in quotes", short(word))
			return
		}
		r.pair(at, word)
	}
}

// pair reads one Name=value.
func (r *reader) pair(at place, word string) {
	name, value, _ := strings.Cut(word, "=")
	switch name {
	case "ParameterKey", "ParameterValue", "UsePreviousValue":
		r.shorthand(at, word)
	default:
		r.set(at, at, name, func(Parameter) (string, bool) { return value, true })
	}
}

// shorthand reads ParameterKey=Name,ParameterValue=value, as create-stack and sam deploy
// take it. A comma in a value has a backslash there, and needs none here.
// https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
func (r *reader) shorthand(at place, word string) {
	if len(word) > maxName+maxValue {
		r.errorf(at, "%q is too long: CloudFormation takes values of up to %d bytes",
			short(word), maxValue)
		return
	}
	fields := map[string]string{}
	field := ""
	for part := range strings.SplitSeq(word, ",") {
		switch key, value, ok := strings.Cut(part, "="); {
		case ok && slices.Contains(entryFields, key):
			field, fields[key] = key, value
		default:
			fields[field] = strings.TrimSuffix(fields[field], `\`) + "," + part
		}
	}
	name, value := fields["ParameterKey"], fields["ParameterValue"]
	_, hasValue := fields["ParameterValue"]
	previous := fields["UsePreviousValue"] == "true"
	switch {
	case name == "" || hasValue == previous:
		r.errorf(at, "%q is not ParameterKey=Name,ParameterValue=value", short(word))
	case previous:
		r.keep(at, at, name)
	default:
		r.set(at, at, name, func(Parameter) (string, bool) { return value, true })
	}
}

// split returns the words of a line, as a shell without variables and escapes reads it.
func split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	inWord, quote := false, rune(0)
	for _, c := range line {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(c)
		case c == '"' || c == '\'':
			inWord, quote = true, c
		case c == ' ' || c == '\t':
			if inWord {
				words = append(words, word.String())
				word.Reset()
			}
			inWord = false
		default:
			inWord = true
			word.WriteRune(c)
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("the quote %c has no end", quote)
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}
