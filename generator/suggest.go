package generator

import (
	"fmt"
	"strings"
)

// names are the names of all parameters in order.
func names() []string {
	var all []string
	for p := range Parameters() {
		all = append(all, p.Name)
	}
	return all
}

// Unknown says that there is no such parameter, flag or key, and which one may
// have been meant.
func Unknown(kind, name string, known []string) error {
	if s := nearest(name, known); s != "" {
		return fmt.Errorf("%s %q is unknown: did you mean %s?", kind, name, s)
	}
	return fmt.Errorf("%s %q is unknown", kind, name)
}

// nearest is the known name with the fewest edits from name, or nothing where
// more than a third of it would have to change.
func nearest(name string, known []string) string {
	best, least := "", len(name)/3+1
	for _, k := range known {
		if max(len(k)-len(name), len(name)-len(k)) >= least {
			continue // so many letters to add or to drop
		}
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance: insertions, deletions and replacements.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
