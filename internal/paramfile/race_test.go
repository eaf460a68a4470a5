//go:build race

package paramfile

// raceDetector reports that the race detector is on, which needs several times the
// memory.
const raceDetector = true
