package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/bounded"
	"github.com/metaflow-cfn/metaflow-cfn/internal/paramfile"
)

// readFiles reads the parameter files in order and merges them.
func (in *inputs) readFiles(ctx context.Context, e *env) generator.Values {
	values := generator.Values{}
	in.wrong, in.previous, in.tags, in.notes = nil, map[string]string{}, nil, nil
	stdin := 0
	for _, path := range in.paths {
		if path == "-" {
			stdin++
		}
		if stdin > 1 {
			e.problems.add(errors.New("--parameters: - is given twice; stdin can be read once"))
			return values
		}
		file, err := in.readFile(ctx, e, path)
		if len(file.Broken) > 0 {
			e.problems.addParameter(err)
		} else {
			e.problems.add(err)
		}
		in.wrong = append(in.wrong, file.Broken...)
		in.notes = append(in.notes, file.Notes...)
		for name, place := range file.Previous {
			delete(values, name)
			in.previous[name] = place
		}
		for name, value := range file.Parameters {
			delete(in.previous, name)
			values[name] = value
		}
		if file.Tags != nil && in.tags == nil {
			in.tags = map[string]string{}
		}
		maps.Copy(in.tags, file.Tags)
	}
	return values
}

// readFile reads one parameter file, which may be given as the AWS CLI wants it, with
// file:// before its path.
func (in *inputs) readFile(ctx context.Context, e *env, path string) (paramfile.File, error) {
	path = strings.TrimPrefix(path, "file://")
	data, err := readLimited(ctx, e, path)
	if err != nil {
		return paramfile.File{}, in.unreadable(path, err)
	}
	return in.component.ReadFile(nameOf(path), data)
}

// nameOf returns the path as messages show it.
func nameOf(path string) string {
	if path == "-" {
		return "stdin"
	}
	return path
}

// readLimited reads a parameter file, or stdin for -, up to the size that shows that it
// is too large.
func readLimited(ctx context.Context, e *env, path string) ([]byte, error) {
	if path == "-" {
		return bounded.Open(ctx, e.in, generator.MaxFileSize)
	}
	return bounded.File(ctx, path, generator.MaxFileSize)
}

var (
	// address is an address that other tools read files from.
	address = regexp.MustCompile(`^(https?|s3|ssm|arn|fileb):`)
	// assignedName is Name=value, as the AWS CLI takes parameters on the command line.
	assignedName = regexp.MustCompile(`^(?:ParameterKey=)?([A-Za-z0-9]+)(?:,ParameterValue)?=(.*)$`)
)

// unreadable is the error of a parameter file that cannot be read, with what is meant
// where it is not a file.
func (in *inputs) unreadable(path string, err error) error {
	given := assignedName.FindStringSubmatch(path)
	var large *bounded.TooLargeError
	switch {
	case errors.As(err, &large):
		return fmt.Errorf("--parameters: %s has %w; a parameter file has at most %d bytes",
			nameOf(path), err, generator.MaxFileSize)
	case path == "":
		return errors.New("--parameters: the name of the file is empty; wanted a readable file, " +
			"like templates/scenarios/core/default.yaml")
	case !errors.Is(err, fs.ErrNotExist):
	case address.MatchString(path):
		return fmt.Errorf("--parameters: %s is an address; wanted a file: download it first", path)
	case given != nil && in.component.Lookup(given[1]) != nil:
		return fmt.Errorf("--parameters: %q is not a file; give the value as --%s %s",
			path, in.component.Lookup(given[1]).Flag(), given[2])
	case given != nil:
		return fmt.Errorf("--parameters: %q is not a file; give values as flags, like --%s VALUE",
			path, slices.Collect(in.component.Parameters())[0].Flag())
	}
	return fmt.Errorf("--parameters: %w; wanted a readable file, "+
		"like templates/scenarios/core/default.yaml", err)
}

// printNotes prints the notes on what the files say.
func (in *inputs) printNotes(e *env) {
	for _, note := range in.notes {
		e.Printf("%s", note)
	}
}

// refusePrevious notes the parameters that are to keep a value that there is not: the
// stack does not have it, or there is no stack. why says which.
func (in *inputs) refusePrevious(e *env, why string, has func(name string) bool) {
	for _, name := range slices.Sorted(maps.Keys(in.previous)) {
		if !has(name) {
			e.problems.add(fmt.Errorf("%s: %s: UsePreviousValue keeps the value of a stack, but %s: "+
				"give ParameterValue, or leave the entry out", in.previous[name], name, why))
		}
	}
}

// checkPrevious checks that there is a value where UsePreviousValue is to keep one.
func (in *stackInput) checkPrevious(e *env, stack deploy.Stack) {
	if !stack.Live() {
		in.in.refusePrevious(e, in.name+" does not exist yet", func(string) bool { return false })
		return
	}
	in.in.refusePrevious(e, in.name+" does not have the parameter yet", func(name string) bool {
		_, has := stack.Parameters[name]
		return has
	})
}

// withoutPairs returns the arguments but those that are key=value: no stack has such a
// name. They are what aws cloudformation deploy takes after --tags, and are refused.
func (in *stackInput) withoutPairs(e *env, args []string) []string {
	words := in.in.tagWords
	return slices.DeleteFunc(slices.Clone(args), func(arg string) bool {
		name, value, isPair := strings.Cut(arg, "=")
		p := in.component.Lookup(name)
		switch {
		case !isPair:
			return false
		case p != nil:
			e.problems.add(fmt.Errorf("unexpected argument %q: give the value as --%s %s",
				arg, p.Flag(), value))
		case len(words) > 0:
			e.problems.add(fmt.Errorf("unexpected argument %q: separate tags with commas, "+
				"like --tags %s,%s", arg, words[len(words)-1], arg))
		default:
			return false
		}
		return true
	})
}
