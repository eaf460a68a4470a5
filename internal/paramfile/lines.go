package paramfile

import (
	"bufio"
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// assignment is Name=value, as in a shell, a .env file or a properties file.
var assignment = regexp.MustCompile(`^(export\s+)?([A-Za-z][A-Za-z0-9_]*)\s*=`)

// isAssignment reports whether a line or a word is Name=value.
func isAssignment(line string) bool {
	return assignment.MatchString(line[:min(len(line), maxName)])
}

// isAssignments reports whether a file has Name=value in its lines: whether its first
// line that says something is so.
func isAssignments(data []byte) bool {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	for line := range bytes.Lines(data) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' {
			return isAssignment(string(line[:min(len(line), maxName)]))
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
	if m := assignment.FindStringSubmatchIndex(line); m != nil {
		line = line[m[4]:m[5]] + "=" + strings.TrimLeft(line[m[1]:], " \t") // no blanks around =
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

// shorthandField is the beginning of a field of the AWS CLI's shorthand.
var shorthandField = regexp.MustCompile(
	`(?:^|,)(ParameterKey|ParameterValue|UsePreviousValue|ResolvedValue)=`)

// shorthand reads ParameterKey=Name,ParameterValue=value, as create-stack and sam deploy
// take it.
// https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
func (r *reader) shorthand(at place, word string) {
	fields := map[string]string{}
	starts := shorthandField.FindAllStringSubmatchIndex(word, -1)
	for i, m := range starts {
		end := len(word)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		fields[word[m[2]:m[3]]] = strings.ReplaceAll(word[m[1]:end], `\,`, ",")
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
