// Package paramfile reads parameter files of stacks: YAML or JSON with Parameters and
// Tags, and the files of other tools that deploy stacks. It does not know any template: a
// Schema defines the parameters.
//
// Nothing in a file is ignored silently. An unknown key is a problem, with the file's name,
// line and column, and so is a key for a feature that another tool has and this program
// does not.
package paramfile

import (
	"errors"
	"fmt"
)

// MaxSize is how large a file may be, in bytes.
const MaxSize = 1 << 20

const (
	// maxParts bounds lines and separators: each makes the YAML parser allocate up to
	// 2 kB. The longest file with every parameter has some hundreds.
	maxParts = 20_000
	// maxProblems is the number of problems of a file that are reported.
	maxProblems = 20
	// maxName is the longest name that is looked up, and maxValue the longest value that
	// CloudFormation takes, in bytes. Aliases can repeat a longer one in every line.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
	maxName, maxValue = 1024, 4096
	// maxWord is how much of a word of the file a problem shows, in characters.
	maxWord = 200
)

// Parameter is what a file may say about a parameter.
type Parameter struct {
	List  bool                     // the value is a list, with commas between its items
	Check func(value string) error // says what is wrong with a value
}

// Schema says what a file may contain.
type Schema struct {
	// Parameter returns the parameter of that name, if there is one.
	Parameter func(name string) (Parameter, bool)
	// Unknown says that there is no such parameter, and which one may be meant.
	Unknown func(name string) error
	// Tag says what is wrong with a tag of the stack.
	Tag func(key, value string) error
}

// File is what a parameter file says.
type File struct {
	Parameters map[string]string
	// Previous are the parameters that keep the value of the stack, with the place in the
	// file that says so, like p.json:2:4.
	Previous map[string]string
	Broken   []string          // parameters whose value is wrong, and left out
	Tags     map[string]string // nil where the file says nothing of tags
	Notes    []string          // on what the file says for another tool
}

// Read reads a parameter file in any of these forms:
//
//   - YAML or JSON with Parameters and Tags, as rain, CodePipeline's template
//     configuration and Git sync's deployment file have it
//   - the AWS CLI's list of ParameterKey and ParameterValue, bare or below Parameters,
//     also as describe-stacks prints it
//   - Name=value, one a line or in a JSON list, as for aws cloudformation deploy
//
// All problems are returned at once, each with the file's name, line and column.
func Read(name string, data []byte, s Schema) (File, error) {
	r := reader{Schema: s, name: name, file: File{
		Parameters: map[string]string{}, Previous: map[string]string{},
	}}
	switch {
	case !r.readable(data):
	case isAssignments(data):
		r.lines(string(data))
	default:
		if root := r.parse(data); root != nil {
			r.root(root)
			r.checkAnchors()
		}
	}
	return r.file, r.err()
}

// ReadTags reads tags of a stack that a flag gives in JSON: a map, or the AWS CLI's list
// of Key and Value.
func ReadTags(flag, text string, tag func(key, value string) error) (map[string]string, error) {
	r := reader{Schema: Schema{Tag: tag}, name: flag, isFlag: true}
	if r.readable([]byte(text)) {
		if root := r.parse([]byte(text)); root != nil {
			r.tags(root)
		}
	}
	return r.file.Tags, r.err()
}

// reader reads one file.
type reader struct {
	Schema

	name     string
	isFlag   bool // the text stands on the command line: places say nothing
	file     File
	errs     []error
	problems int
	given    map[string]int // the lines of the parameters so far
	anchors
}

// place is where something is in the file; the zero place is the file as a whole.
type place struct{ line, column int }

// where returns the place with the file's name.
func (r *reader) where(at place) string {
	if r.isFlag || at.line == 0 {
		return r.name
	}
	return fmt.Sprintf("%s:%d:%d", r.name, at.line, at.column)
}

// add notes a problem. The error is not made when there are too many of them: to find
// what an unknown name may mean takes time.
func (r *reader) add(at place, problem func() error) {
	if r.problems++; r.problems <= maxProblems {
		r.errs = append(r.errs, fmt.Errorf("%s: %w", r.where(at), problem()))
	}
}

// errorf notes a problem.
func (r *reader) errorf(at place, format string, args ...any) {
	r.add(at, func() error { return fmt.Errorf(format, args...) })
}

// err returns all problems, or nil.
func (r *reader) err() error {
	if more := r.problems - maxProblems; more > 0 {
		r.errs = append(r.errs, fmt.Errorf("%s: and %d more problems", r.name, more))
	}
	return errors.Join(r.errs...)
}

// short returns a word of the file as problems show it.
func short(word string) string {
	n := 0
	for i := range word {
		if n++; n > maxWord {
			return word[:i] + "…"
		}
	}
	return word
}

// set notes the value of a parameter, with the places of its name and its value.
func (r *reader) set(at, valueAt place, name string, read func(Parameter) (string, bool)) {
	p, ok := r.known(at, name)
	if !ok {
		return
	}
	text, ok := read(p)
	if ok = ok && r.fits(valueAt, name, text); ok {
		if err := p.Check(text); err != nil {
			r.errorf(valueAt, "%s: %w", name, err)
			ok = false
		}
	}
	if !ok {
		r.file.Broken = append(r.file.Broken, name)
		return
	}
	r.file.Parameters[name] = text
}

// fits notes a value that is too long for CloudFormation.
func (r *reader) fits(at place, name, value string) bool {
	if len(value) > maxValue {
		r.errorf(at, "%s: the value is longer than %d bytes, the most that CloudFormation takes",
			name, maxValue)
		return false
	}
	return true
}

// known returns the parameter of that name. It notes a name that is unknown, or given
// for the second time.
func (r *reader) known(at place, name string) (Parameter, bool) {
	p, ok := r.Parameter(name)
	if !ok {
		r.add(at, func() error { return r.Unknown(short(name)) })
		return p, false
	}
	if line := r.given[name]; line > 0 {
		r.twice(at, "parameter", name, line)
		return p, false
	}
	if r.given == nil {
		r.given = map[string]int{}
	}
	r.given[name] = at.line
	return p, true
}

// twice notes that something is given for the second time.
func (r *reader) twice(at place, noun, name string, line int) {
	if r.isFlag {
		r.errorf(at, "%s %s is given twice; keep one", noun, short(name))
		return
	}
	r.errorf(at, "%s %s is given twice, first on line %d; keep one", noun, short(name), line)
}
