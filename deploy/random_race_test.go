//go:build race

package deploy

const raced = true
