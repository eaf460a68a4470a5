//go:build !race

package templatetest

// Race reports that the race detector is on.
const Race = false
