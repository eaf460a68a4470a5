package paramfile

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// hostile are files of up to MaxSize that are made to exhaust a reader.
func hostile() map[string]string {
	full := func(part string) string { return strings.Repeat(part, MaxSize/len(part)) }
	// most has as many parts as a file may have, which is where the YAML parser works most
	most := func(part string, of int) string { return strings.Repeat(part, maxParts/of-8) }
	numbered := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	long := strings.Repeat("m", MaxSize/2)
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'z'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s*%c]\n", c, c, strings.Repeat(fmt.Sprintf("*%c,", c-1), 8), c-1)
	}
	mergeBomb := "x-a: &a {" + numbered("K%d: 1, ", 100) + "}\n"
	for c := 'b'; c <= 'z'; c++ {
		mergeBomb += fmt.Sprintf("x-%c: &%c {<<: [%s*%c]}\n", c, c, strings.Repeat(fmt.Sprintf("*%c,",
			c-1), 8), c-1)
	}
	return map[string]string{
		"alias bomb":             bomb,
		"alias bomb for a value": bomb + "Parameters: {Types: *z}\n",
		"alias of itself":        "&x [*x]\n",
		"parameters in a circle": "Parameters: &p {Types: *p}\n",
		"merge keys in a circle": "x-a: &a {<<: *a}\nParameters: {<<: *a, Cpu: 1}\n",
		"merge bomb":             mergeBomb + "Parameters: {<<: *z}\n",
		"a large map merged into each entry": "x-a: &a {" + numbered("K%d: 1, ", 5000) +
			"}\nParameters: [" + most("{<<: *a},", 5) + "]\n",
		"a long word again and again": "x-a: &a " + long + "\nParameters: {Types: [" + most("*a,",
			2) + "]}\n",
		"a long word in each problem": "x-a: &a " + long + "\nParameters: [" + most("*a,", 2) +
			"]\n",
		"a long name in each problem": "Parameters: [" +
			strings.Repeat("{ParameterKey: &a "+long+"},{ParameterKey: *a}", 1) + "]\n",
		"a long key again and again": "x-a: &a " + long + "\n" + most("? *a\n: 1\n", 5),
		"a long tag again and again": "x-a: &a " + long + "\nTags:\n" + numbered("  k%d: *a\n",
			maxParts/4),
		"a long tag in a list": "x-a: &a " + long + "\nTags: [" +
			most("{Key: *a,Value: x},", 6) + "]\n",
		"a long parameter in a list": "x-a: &a " + long + "\nParameters: [" +
			most("{ParameterKey: *a,ParameterValue: *a},", 8) + "]\n",
		"a long unknown anchor":         "Parameters: *" + long + "\n",
		"a long tag":                    "Parameters: {Vpc: !" + long + " x}\n",
		"a long line of key=value":      "Cpus=" + long + "\n",
		"long unknown key=value":        long + "=1\n",
		"many words of key=value":       "Cpu=1 " + full("A=1 "),
		"many lines of key=value":       most("A=1\n", 1),
		"many entries of the shorthand": most("ParameterKey=A,ParameterValue=1\n", 2),
		"a long entry of the shorthand": "ParameterKey=A,ParameterValue=" + most("1,", 1),
		"long blanks again and again": "x-a: &a '" + strings.Repeat(" ", MaxSize/2) + "'\nx-b: &b 'A" +
			strings.Repeat(" ", MaxSize/4) + "'\nParameters: [" + most("*a,*b,", 4) + "]\n",
		"many quotes of key=value":        "A=" + full(`""`),
		"lists":                           full("[]"),
		"flow list":                       "[" + full("x,"),
		"flow list of the most":           "[" + most("x,", 1) + "]",
		"flow maps of the most":           "[" + most("{},", 2) + "]",
		"flow pairs of the most":          "[" + most("a: b,", 2) + "]",
		"empty pairs of the most":         "{" + most("?,", 2) + "}",
		"empty keys of the most":          "{" + most(":,", 2) + "}",
		"quoted keys of the most":         "{" + most(`"":,`, 2) + "}",
		"commas of the most":              "[" + most(",", 1) + "]",
		"block list of the most":          most("-\n", 2),
		"block keys of the most":          most("a:\n", 2),
		"comments of the most":            most("a: #\n", 2),
		"tags of the most":                most("!a ", 1),
		"anchors of the most":             most("&a ", 1),
		"anchors and aliases of the most": numbered("- &a%d x\n- *a0\n", maxParts/7),
		"deep lists":                      full("["),
		"deep maps":                       full("{a: "),
		"deep blocks":                     full("- ") + "a",
		"deep blocks of the most":         most("- ", 1) + "a",
		"many keys":                       "Parameters:\n" + full("  Cpus: 1\n"),
		"many unknown keys":               "Parameters:\n" + numbered("  Key%d: 1\n", 60_000),
		"unknown keys of the most":        "Parameters:\n" + numbered("  Key%d: 1\n", maxParts/2-8),
		"unknown sections of the most":    numbered("Key%d: 1\n", maxParts/2-8),
		"unused anchors of the most":      numbered("x-%d: 1\n", maxParts/3-8),
		"tags of a stack":                 "Tags:\n" + numbered("  k%d: ''\n", maxParts/2-8),
		"a long key":                      "Parameters: {" + long + ": 1}\n",
		"a long value":                    "Parameters: {Cpus: " + long + "}\n",
		"blank lines":                     full("\n"),
		"blanks":                          full(" "),
		"directives":                      full("%a\n"),
		"documents":                       full("---\n"),
		"not UTF-8":                       full("\xff"),
		"control characters":              full("\x01"),
		"too large":                       full("#\n") + "#######",
	}
}

// TestBounds reads files that are made to exhaust a reader. Each ends with few problems,
// short ones, and in little memory. Allocations stand for the time, which a test on a
// busy machine cannot measure.
func TestBounds(t *testing.T) {
	const most, mostCount = 100 << 20, 1_000_000
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			s := schema()
			lookedFor, unknown := 0, s.Unknown
			s.Unknown = func(name string) error { lookedFor++; return unknown(name) }
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			file, err := Read("f", []byte(text), s)
			runtime.ReadMemStats(&after)
			size, count := after.TotalAlloc-before.TotalAlloc, after.Mallocs-before.Mallocs
			if size > most || count > mostCount {
				t.Errorf("%d MB in %d allocations; wanted at most %d and %d", size>>20, count, most>>20,
					mostCount)
			}
			if err == nil || len(file.Parameters) > 1 {
				t.Fatalf("got %d values and %v", len(file.Parameters), err)
			}
			if n := strings.Count(err.Error(),
				"\n"); n > maxProblems || len(err.Error()) > 20_000 || lookedFor > maxProblems {
				t.Errorf("%d lines, %d bytes, %d suggestions: %.300s", n+1, len(err.Error()), lookedFor, err)
			}
		})
	}
}

// TestManyProblems tells twenty problems and counts the others.
func TestManyProblems(t *testing.T) {
	text := "Parameters:\n" + strings.Repeat("  Cpus: 1\n", 31)
	_, err := Read("f", []byte(text), schema())
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != maxProblems+1 || lines[maxProblems] != "f: and 10 more problems" {
		t.Errorf("%d lines, the last %s", len(lines), lines[len(lines)-1])
	}
}

// TestLargest reads a file of just the largest size.
func TestLargest(t *testing.T) {
	text := "Parameters: {Cpus: 64}\n"
	text += strings.Repeat("#", MaxSize-len(text))
	file, err := Read("f", []byte(text), schema())
	if err != nil || file.Parameters["Cpus"] != "64" {
		t.Errorf("got %v, %v", file.Parameters, err)
	}
}
