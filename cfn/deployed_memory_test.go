package cfn_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// TestReadBounds reads templates of up to 1 MiB that are made to exhaust a reader. Allocations
// stand for the time, which a test on a busy machine cannot measure.
func TestReadBounds(t *testing.T) {
	const largest, mostBytes, mostCount = 1 << 20, 300 << 20, 4_000_000
	full := func(part string) string { return strings.Repeat(part, (largest-100)/len(part)) }
	numbered := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"deep lists":              full("["),
		"deep maps":               full("{a: "),
		"deep blocks":             full("- "),
		"deep JSON":               `{"a":` + full("["),
		"flow list":               "[" + full("x,") + "]",
		"flow list of the most":   "[" + strings.Repeat("x,", 149_000) + "]",
		"empty pairs of the most": "{" + strings.Repeat("?,", 74_000) + "}",
		"flow maps":               "[" + full("{},") + "]",
		"empty pairs":             "{" + full("?,") + "}",
		"block list":              full("-\n"),
		"block keys":              full("a:\n"),
		"JSON list":               "[" + full("0,") + "0]",
		"JSON maps":               "[" + full("{},") + "{}]",
		"resources":               "Resources:\n" + numbered("  R%d: {}\n", 45_000),
		"resources in JSON":       `{"Resources":{` + numbered(`"R%d":{},`, 70_000) + `"R":{}}}`,
		"parameters":              "Parameters:\n" + numbered("  P%d: {}\n", 45_000),
		"anchors and aliases":     numbered("- &a%d x\n- *a0\n", 50_000),
		"one anchor":              "x: &a {a: 1}\nResources:\n" + numbered("  R%d: *a\n", 45_000),
		"merged again and again": "x: &a {" + numbered("K%d: 1, ", 5000) + "}\nResources:\n" +
			numbered("  R%d: {<<: *a}\n", 25_000),
		"a long word":      "Resources: {A: {Type: " + full("m") + "}}",
		"comments":         full("#\n"),
		"documents":        full("---\n"),
		"tags":             full("!a "),
		"not UTF-8":        full("\xff"),
		"control sequence": full("\x1b"),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := cfn.ReadDeployed([]byte(text))
			runtime.ReadMemStats(&after)
			size, count := after.TotalAlloc-before.TotalAlloc, after.Mallocs-before.Mallocs
			if size > mostBytes || count > mostCount {
				t.Errorf("%d MB in %d allocations; wanted at most %d and %d", size>>20, count,
					mostBytes>>20, mostCount)
			}
			if err != nil && len(err.Error()) > 2000 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		})
	}
}
