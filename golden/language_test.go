package golden

import (
	"regexp"
	"strings"
	"testing"
)

// wording is a way of writing that is hard to read, or not in the field's own terms.
type wording struct {
	pattern string
	better  string
	example string   // a sentence that is refused
	except  []string // phrases that contain the pattern and are plain English
}

// wordings lists what TestPlainEnglish refuses, with the better wording.
var wordings = []wording{
	{`(?:^|[.:!] )(?:Who|What|One that) [a-z][^.?!]*(?:[.!]|$)`, "a sentence with its subject first",
		"What is given wins.", nil},
	{`\b[Ii]s no [a-z]+`, "is not a", "The ID is no parameter.",
		[]string{"is no longer", "here is no "}},
	{`\bwhat of (?:it|that|them)\b`, "the part of it that", "It says what of it exists.", nil},
	{`\b[Ww]ho(?:ever)? deploys\b`, "the deployer", "Allow it to who deploys.", nil},
	{`\bthe cautious\b`, "hardening options", "This is for the cautious.", nil},
	{`\bbears? with\b`, "tolerates", "The wait bears with errors.", nil},
	{`\ball the same\b`, "anyway", "The reply is read all the same.", nil},
	{`\b(?:is|are) told\b`, "is reported, gets a message", "A caller is told so.", nil},
	{`\b[Tt]ells? the truth\b`, "reports accurately", "It tells the truth about events.", nil},
	{`\bmend(?:s|ed|ing)?\b`, "fix, fixed, fixing", "Again, after mending the cause.", nil},
	{`\b(?:ordeals?|fates?|wish(?:es)?|meddles?)\b`, "the term of the field",
		"The wish of the user is checked.", nil},
	{`\b[Tt]hings?\b`, "resource, value, or what it is", "A thing that is reused.", nil},
	{`\b(?:[Oo]ur|the|its|empty) shell\b`, "the empty REVIEW_IN_PROGRESS stack",
		"Our shell is removed.", nil},
	{`\bstands? (?:twice|where|outside|beside other)`, "is given twice; found …; wanted …",
		"The key stands twice.", nil},
	{`\bGiven up for\b`, "a verb before its object", "Given up for size: the sentence.", nil},
	{`\bgoes with the (?:stack|role)\b`, "is deleted with", "It goes with the stack.", nil},
	{`\bin one go\b`, "in one step", "It is created again in one go.", nil},
	{`\bbe had back\b`, "be restored", "Data can be had back.", nil},
	{`\broom for one\b`, "can have one", "A VPC has room for one gateway.", nil},
	{`\b(?:its|no|the) way out\b|\bno way to\b`, "internet access, unreachable",
		"There is no way to the internet.", nil},
	{`\btakes? (?:no )?jobs\b`, "accept jobs", "The queue takes no jobs.", nil},
	{`\bIPv4 ranges?\b`, "CIDR block", "Give an IPv4 range.", nil},
	{`\btyping errors?\b`, "typo", "A typing error in a flag.", nil},
	{`\bsigns? of (?:life|all languages)\b`, "heartbeat, characters",
		"A sign of life each minute.", nil},
	{`\banew\b`, "again", "The lines are drawn anew.", nil},
	{`\bknows? no\b`, "does not have, cannot use", "Files know no functions.", nil},
	{`\b(?:of yours|of AWS's)\b`, "your own, of AWS", "A key of yours.", nil},
	{`\bwhat nobody\b|\bthat nobody needs\b`, "unused", "What is needed, and what nobody needs.", nil},
	{`\b(?:[Tt]hose|[Ss]omebody) who deploys?\b`, "deployers", "Policies of those who deploy.", nil},
	{`\bstands? (?:beside|in|at|above|below|there)\b`, "is", "The bucket stands in the path.", nil},
	{`\bgoes on\b`, "continues", "The operation goes on.", nil},
	{`\bbesides\b`, "in addition to, also", "The policy comes besides the other.", nil},
	{`\bbeforehand\b`, "before the update, the deployment", "It decides beforehand.", nil},
	{`\b(?:one|stacks?|end) (?:is |)of ours\b`, "of this program", "It is one of ours.", nil},
	{`\bwanted one like\b`, "expected", "No region; wanted one like us-east-1.", nil},
	{`\bstarts? jobs\b`, "task execution role", "The role that starts jobs.", nil},
	{`\blets? no\b`, "does not allow", "The group lets no SSH in.", nil},
	{`\breads? nothing\b`, "cannot read", "Then it reads nothing.", nil},
	{`\bWho may not\b|\bNo [a-z]+ that (?:is|are) not\b`, "without permission; no idle …",
		"Who may not use the key fails.", nil},
	{`\bcosts? by the hour\b`, "idle cost", "Nothing costs by the hour.", nil},
	{`\bof that kind\b`, "that resource", "Nothing of that kind is created.", nil},
	{`\bwhole of\b`, "all", "This is the whole of reuse.", nil},
	{`\bthe house\b|\bsmall rooms\b`, "the code, small packages", "It walks through the house.", nil},
	{`\bthe stack forgets\b`, "removed from the stack", "And the stack forgets it.", nil},
	{`\bnothing but\b`, "only", "It needs nothing but Go.", nil},
	{`\bis one throughout\b|\bhas met\b|\bTo settle\b`, "the plain verb",
		"Its partition is one throughout.", nil},
	{`\b(?:it has|has) room for\b`, "can have", "The VPC has room for another.", nil},
	{`\bmoreover\b|\bthereof\b|\bwhereof\b`, "also, of it", "It is moreover needed.", nil},
}

// exceptions are passages that stay as they are, with the reason.
var exceptions = []struct{ file, text, reason string }{
	{"generator/hardening/parameters.go", "so that jobs need no way to the internet",
		"Descriptions of parameters are part of the template, whose bytes are counted."},
	{"docs/parameters-hardening.md", "so that jobs need no way to the internet",
		"Generated from the description of the parameter."},
	{"generator/core/outputs.go", "What flows store with metaflow.S3.",
		"Descriptions of outputs are noun phrases, and part of the template."},
	{"docs/outputs.md", "What flows store with metaflow.S3.",
		"Generated from the description of the output."},
}

// TestPlainEnglish looks for wordings to avoid in everything that people read: the README and the
// pages, the comments of parameter files, and the comments and texts of the program. The help and
// the messages are string literals.
func TestPlainEnglish(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, p := range passages(t, "..") {
		for _, e := range exceptions {
			if p.file == e.file && strings.Contains(p.text, e.text) {
				p.text, used[e.file+e.text] = strings.ReplaceAll(p.text, e.text, ""), true
			}
		}
		for _, problem := range unplain(p.text) {
			t.Errorf("%s:%d: %s", p.file, p.line, problem)
		}
	}
	for _, e := range exceptions {
		if !used[e.file+e.text] || e.reason == "" {
			t.Errorf("the exception %q in %s is not used, or has no reason", e.text, e.file)
		}
	}
}

// unplain returns the wordings to avoid in a text of one line.
func unplain(text string) []string {
	var problems []string
	for _, w := range wordings {
		rest := text
		for _, phrase := range w.except {
			rest = strings.ReplaceAll(rest, phrase, "")
		}
		if found := regexp.MustCompile(w.pattern).FindString(rest); found != "" {
			problems = append(problems, "\""+found+"\": better: "+w.better)
		}
	}
	return problems
}

// TestPlainEnglishFinds plants each example in a page, a comment, a text, and a text of two
// literals, and expects that it is found there.
func TestPlainEnglishFinds(t *testing.T) {
	t.Parallel()
	for _, w := range wordings {
		words := strings.SplitAfterN(w.example, " ", 3)
		half := strings.Join(words[:2], "")
		for place, all := range map[string][]passage{
			"page":     markdown("page.md", "# Title\n\nFirst.\n\n"+half+"\n"+words[2]+"\n"),
			"row":      markdown("page.md", "| a | b |\n|---|---|\n| "+w.example+" | x |\n"),
			"comment":  source(t, "p.go", "package p\n\n// "+half+"\n// "+words[2]+"\nvar x int\n"),
			"text":     source(t, "p.go", "package p\n\nvar x = `"+w.example+"`\n"),
			"literals": source(t, "p.go", "package p\n\nvar x = f(\""+half+"\" +\n\t\""+words[2]+"\")\n"),
			"file":     comments("f.yaml", "# "+half+"\n# "+words[2]+"\nParameters: {}\n"),
		} {
			found := false
			for _, p := range all {
				problems := strings.Join(unplain(p.text), "\n")
				found = found || strings.Contains(problems, "better: "+w.better)
			}
			if !found {
				t.Errorf("%s: %q is not found in %v", place, w.example, all)
			}
		}
		for _, phrase := range w.except {
			if problems := unplain("T" + phrase); len(problems) > 0 {
				t.Errorf("%q is refused: %v", phrase, problems)
			}
		}
	}
	if problems := unplain("The stack is deleted. What is next? Watch it."); len(problems) > 0 {
		t.Errorf("plain sentences are refused: %v", problems)
	}
}
