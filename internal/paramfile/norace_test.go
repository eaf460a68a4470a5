//go:build !race

package paramfile

const raceDetector = false
