//go:build race

package core_test

// raceDetector makes the matrix a sample: with the detector it runs many times slower.
const raceDetector = true
