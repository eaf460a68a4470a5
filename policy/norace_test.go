//go:build !race

package policy

const stride = 1
