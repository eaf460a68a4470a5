package states

// Result is what an operation has come to, or why it was not begun.
type Result int

// The results, each documented where package deploy names it.
const (
	Unknown Result = iota
	Succeeded
	Invalid
	Failed
	Stuck
	Refused
	Running
	CredentialsLost
)

// String returns the result in lower case, for people and for JSON.
func (r Result) String() string {
	names := [...]string{"unknown", "succeeded", "invalid", "failed", "stuck", "refused",
		"running", "credentials-lost"}
	if r < 0 || int(r) >= len(names) {
		return names[Unknown]
	}
	return names[r]
}
