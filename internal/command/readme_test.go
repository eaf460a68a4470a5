package command

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// instead is what runs in place of a command that a test cannot run.
type instead struct {
	pattern, command, reason string
}

// replaced are the commands of a page that are changed, or left out where command is empty.
// A reader's page may have further commands: give each a row with its reason.
var replaced = []instead{
	{`^((?:bin/)?metaflow-cfn (?:\w+ )?(?:deploy|delete|cancel|recover) .*)$`, "$1 --yes",
		"nobody answers the question"},
	{`^bin/metaflow-cfn verify `, "", "needs AWS Batch; TestVerify and TestMoto run it"},
	{`^export AWS_PROFILE=… `, "export ", "the profile is the reader's; the test has credentials"},
	{`^python flow\.py `, "", "needs Metaflow and a job queue of AWS Batch"},
	{`^python -m pip install metaflow$`, "", "tests install nothing"},
	{`^python examples/hello_batch\.py `, "", "needs Metaflow and AWS Batch; TestExampleFlow runs it"},
	{`^@batch\(`, "", "is a line of a flow"},
}

// programs are the programs that commands of a page may call, as scripts of sh, each with
// its reason. Other programs are not found.
var programs = map[string]instead{
	"make": {command: `for target in "$@"; do
grep -q "^$target:" Makefile || { echo "make: no target $target" >&2; exit 2; }
case $target in build | generate) mkdir -p bin && ln -sf "$PROGRAM" bin/metaflow-cfn ;; esac
case $target in generate) bin/metaflow-cfn generate ;; esac
done`, reason: "the binary of the test is the program that make builds"},
	"go": {command: `[ "$1 $2" = "run ./cmd/metaflow-cfn" ] || { echo "go $*" >&2; exit 2; }
shift 2; exec metaflow-cfn "$@"`, reason: "the same"},
	"metaflow-cfn": {command: `exec "$PROGRAM" "$@"`, reason: "the program itself"},
}

// utilities are programs of the machine that scripts may call.
var utilities = []string{"cat", "cp", "diff", "grep", "ln", "ls", "mkdir", "mv", "rm"}

// pageFiles are files that a reader has beside a clone.
var pageFiles = map[string]string{
	"team.yaml": "Parameters:\n  MaxvCpus: 64\nTags:\n  cost-center: research\n",
	"flow.py":   "",
}

// prepared are the commands that a reader has run before those of a page.
var prepared = []string{
	"metaflow-cfn generate --resolve --parameters team.yaml -o team.resolved.yaml",
}

// TestReadme runs every command of README.md: each ends with exit code 0. Its other code
// spans name verbs, flags and values that the program has.
func TestReadme(t *testing.T) {
	t.Parallel()
	page := readPage(t, filepath.Join("..", "..", "README.md"))
	commands := commandsOf(page)
	if len(commands) < 8 {
		t.Errorf("README.md has %d commands", len(commands))
	}
	for i, done := range newReader(t).run(slices.Concat(prepared, commands)) {
		if done.code != exitOK {
			t.Errorf("%s\nexit code %d; fix it, or give it a row in readme_test.go\n%s%s",
				slices.Concat(prepared, commands)[i], done.code, done.stderr, done.stdout)
		}
	}
	for _, problem := range checkSpans(page) {
		t.Errorf("README.md: %s", problem)
	}
}

func readPage(t *testing.T, file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	// shellFence begins a block of commands; blocks in other languages are not run.
	shellFence = regexp.MustCompile("^```(sh|bash|shell|console)?$")
	comment    = regexp.MustCompile(`(^|\s+)# .*$`)
	hereDoc    = regexp.MustCompile(`<<-?\s*['"]?(\w+)`)
	codeSpan   = regexp.MustCompile("`([^`]+)`")
	complete   = regexp.MustCompile(`^((bin/)?metaflow-cfn|make|go) `)
	// placeholder is a word that a reader replaces, such as STACK.
	placeholder = regexp.MustCompile(`(^|[ =])[A-Z]{2,}\b|…`)
)

// commandsOf returns the commands of a page in its order: the lines of its blocks, indented
// or fenced, and the code spans that are complete command lines.
func commandsOf(page string) []string {
	var found commandReader
	fence, blank := "", true
	for line := range strings.SplitSeq(page, "\n") {
		indented := strings.HasPrefix(line, "    ") && (blank || fence == "indented")
		fenced := fence == "shell" || fence == "other"
		blank = line == ""
		switch {
		case strings.HasPrefix(line, "```") && fenced:
			fence = ""
			continue
		case shellFence.MatchString(line):
			fence = "shell"
			continue
		case strings.HasPrefix(line, "```"):
			fence = "other"
			continue
		case !fenced && indented:
			fence = "indented"
		case fence == "indented" && !blank:
			fence = ""
		}
		switch fence {
		case "shell", "indented":
			found.line(strings.TrimPrefix(strings.TrimPrefix(line, "    "), "$ "))
		case "":
			found.commands = append(found.commands, spanCommands(line)...)
		}
	}
	return found.commands
}

// commandReader joins the lines of blocks into commands.
type commandReader struct {
	commands  []string
	continues bool   // the last command continues
	document  string // the word that ends its here-document
}

func (r *commandReader) line(text string) {
	if r.document == "" {
		text = strings.TrimSpace(comment.ReplaceAllString(text, ""))
	}
	switch {
	case r.continues:
		r.commands[len(r.commands)-1] += "\n" + text
	case text == "":
		return
	default:
		r.commands = append(r.commands, text)
	}
	if m := hereDoc.FindStringSubmatch(text); m != nil && r.document == "" {
		r.document = m[1]
	} else if text == r.document {
		r.document = ""
	}
	r.continues = r.document != "" || strings.HasSuffix(text, `\`)
}

// TestCommandsOf reads a page with every kind of block.
func TestCommandsOf(t *testing.T) {
	const page = "Text with `make test` and `metaflow-cfn plan STACK`, and `team.yaml`.\n\n" +
		"    first --flag    # a remark\n\n    # a remark alone\n    second \\\n      --more\n" +
		"Text.\n    no block\n\n```sh\n$ cat >x <<EOF\na # b\nEOF\nthird\n```\n" +
		"```yaml\nMaxvCpus: 1\n```\n"
	want := []string{"make test", "first --flag", "second \\\n--more",
		"cat >x <<EOF\na # b\nEOF", "third"}
	if got := commandsOf(page); !slices.Equal(got, want) {
		t.Errorf("the commands are %q, want %q", got, want)
	}
}

// spanCommands returns the code spans of a line that are complete command lines.
func spanCommands(line string) (commands []string) {
	for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
		if complete.MatchString(m[1]) && !placeholder.MatchString(m[1]) {
			commands = append(commands, m[1])
		}
	}
	return commands
}

// checkSpans returns what is wrong with the code spans that name verbs or flags of the
// program, such as `--compute-subnets public` and `plan --exit-code`.
func checkSpans(page string) (problems []string) {
	root := newRoot(&env{
		Printer: &terminal.Printer{}, components: components, component: components[0],
	})
	for _, m := range codeSpan.FindAllStringSubmatch(page, -1) {
		words := strings.Fields(strings.TrimPrefix(strings.TrimPrefix(m[1], "bin/"), "metaflow-cfn "))
		isFlag := len(words) > 0 && strings.HasPrefix(words[0], "-")
		verb, _, err := root.Find(words)
		switch {
		case err != nil || len(words) == 0:
			problems = append(problems, "`"+m[1]+"`: no such command")
		case verb == root && !isFlag && !strings.HasPrefix(m[1], "metaflow-cfn "):
			// not about the program
		case verb == root && !isFlag:
			problems = append(problems, "`"+m[1]+"`: no such command")
		default:
			problems = append(problems, checkFlags(m[1], verb, words)...)
		}
	}
	return problems
}

// checkFlags checks the flags of a span, and the values of those that are parameters. A flag
// without a verb may be one of any command.
func checkFlags(span string, verb *cobra.Command, words []string) (problems []string) {
	for i, word := range words {
		name, value, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
		if !strings.HasPrefix(word, "-") || name == "" {
			continue
		}
		flag := findFlag(verb, name)
		if flag == nil {
			problems = append(problems, "`"+span+"`: no command has "+word)
			continue
		}
		if value == "" && i+1 < len(words) && !strings.HasPrefix(words[i+1], "-") {
			value = words[i+1]
		}
		parameter, is := flag.Value.(parameterFlag)
		if !is || value == "" || placeholder.MatchString(value) {
			continue
		}
		if err := parameter.p.Check(value); err != nil {
			problems = append(problems, "`"+span+"`: "+err.Error())
		}
	}
	return problems
}

// findFlag returns the flag of a command or, for a command with others below it, of one of
// these. Hidden flags do not count.
func findFlag(cmd *cobra.Command, name string) *pflag.Flag {
	for _, flags := range []*pflag.FlagSet{cmd.Flags(), cmd.InheritedFlags(), cmd.PersistentFlags()} {
		flag := flags.Lookup(name)
		if len(name) == 1 {
			flag = flags.ShorthandLookup(name)
		}
		if flag != nil && !flag.Hidden {
			return flag
		}
	}
	for _, sub := range cmd.Commands() {
		if flag := findFlag(sub, name); flag != nil {
			return flag
		}
	}
	return nil
}
