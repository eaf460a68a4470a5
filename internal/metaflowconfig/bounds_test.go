package metaflowconfig

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestBounds applies a change to files that are made to exhaust a reader. Allocations stand for
// the time, which a test on a busy machine cannot measure.
func TestBounds(t *testing.T) {
	const mostBytes, mostCount = 100 << 20, 2_000_000
	numbered := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return strings.TrimSuffix(b.String(), ",")
	}
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"too large":        {strings.Repeat(" ", maxSize+1), false},
		"blanks":           {strings.Repeat(" ", maxSize), true},
		"deep lists":       {`{"a":` + strings.Repeat("[", maxSize/2), false},
		"deep maps":        {strings.Repeat(`{"a":`, maxSize/8), false},
		"keys":             {"{" + numbered(`"k%d":"",`, 80_000) + "}", true},
		"maps":             {`{"a":[` + strings.TrimSuffix(strings.Repeat("{},", maxSize/4), ",") + "]}", true},
		"the same key":     {"{" + numbered(`"k":%d,`, 90_000) + "}", true},
		"a long key":       {`{"` + strings.Repeat("k", maxSize-20) + `":1}`, true},
		"a long number":    {`{"k":` + strings.Repeat("1", maxSize-20) + `}`, true},
		"escapes":          {`{"k":"` + strings.Repeat(`\u0000`, maxSize/8) + `"}`, true},
		"broken surrogate": {`{"k":"` + strings.Repeat(`\ud800`, maxSize/8) + `"}`, true},
		"not UTF-8":        {`{"k":"` + strings.Repeat("\xff", maxSize-20) + `"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.json")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := Apply(path, Change{Parts: []Part{core}})
			runtime.ReadMemStats(&after)
			size, count := after.TotalAlloc-before.TotalAlloc, after.Mallocs-before.Mallocs
			if size > mostBytes || count > mostCount {
				t.Errorf("%d MB in %d allocations; wanted at most %d and %d", size>>20, count,
					mostBytes>>20, mostCount)
			}
			if (err == nil) != c.ok || c.ok && !r.Changed() {
				t.Errorf("%v, %+v", err, r.Set)
			}
		})
	}
}
