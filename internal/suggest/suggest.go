// Package suggest finds the name that a misspelt one may have meant.
package suggest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Unknown returns an error for a parameter, flag or key that does not exist, with a similar name if
// there is one. kind is the word for it in the message.
func Unknown(kind, name string, known []string) error {
	if s := Nearest(name, known); s != "" {
		return fmt.Errorf("%s %q is unknown: did you mean %s?", kind, name, s)
	}
	return fmt.Errorf("%s %q is unknown", kind, name)
}

// Typo returns the known name that differs from name by two edits at most, or an empty string.
func Typo(name string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// Nearest returns the known name with the fewest edits from name, or an empty string if more than a
// third of it would have to change.
func Nearest(name string, known []string) string {
	best, least := "", len(name)/3+1
	for _, k := range known {
		if max(len(k)-len(name), len(name)-len(k)) >= least {
			continue // too many letters to add or to drop
		}
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// Containing returns the known names that have every word of name; words are separated by hyphens.
func Containing(name string, known []string) (names []string) {
	words := strings.Split(strings.ToLower(name), "-")
	for _, k := range known {
		has := strings.Split(strings.TrimLeft(k, "-"), "-")
		if !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(has, w) }) {
			names = append(names, k)
		}
	}
	return names
}

// Fold returns a name without hyphens and underscores, in small letters. Names that are equal
// then are spellings of one name: max-vcpus, maxv-cpus, MaxvCpus, max_vcpus.
func Fold(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// distance returns the Levenshtein distance: insertions, deletions and replacements.
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
