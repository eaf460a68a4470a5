//go:build race

package templatetest

// Race reports that the race detector is on: with it the large tests take a
// sample of what they else try, as they run many times slower.
const Race = true
