// Package othertools knows the commands and flags of other tools that users may type, and what
// this program has in their place.
package othertools

import (
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// Word is a command or a flag that other tools have.
type Word struct {
	Names string   // spellings, separated by spaces, without the hyphens before a flag
	Tools string   // the tools that have it
	Here  []string // what it is here, the best first; a flag may have a value behind it
	Why   string   // the answer if this program has none of Here
}

// Command returns the row of a command of another tool.
func Command(name string) (Word, bool) { return find(Commands(), name) }

// Flag returns the row of a flag of another tool, given without its hyphens.
func Flag(name string) (Word, bool) { return find(Flags(), name) }

func find(table []Word, name string) (Word, bool) {
	folded := suggest.Fold(name)
	for _, w := range table {
		if slices.ContainsFunc(strings.Fields(w.Names), func(n string) bool {
			// A letter alone is a short flag: -R is not -r.
			return n == name || len(n) > 1 && suggest.Fold(n) == folded
		}) {
			return w, true
		}
	}
	return Word{}, false
}
