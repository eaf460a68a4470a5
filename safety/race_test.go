//go:build race

package safety

// stride makes the mutants and the pairs a sample: with the race detector they
// take many times longer.
const stride = 5
