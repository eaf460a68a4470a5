package manpage

import "testing"

// TestText keeps text that looks like a macro.
func TestText(t *testing.T) {
	m := &writer{}
	m.text(".PP 'a'\n\n'b \\ --c …")
	m.macro("B", `say "x"`)
	want := "\\&.PP 'a'\n.PP\n\\&'b \\e \\-\\-c \\[u2026]\n.B \"say \\(dqx\\(dq\"\n"
	if got := m.String(); got != want {
		t.Errorf("written %q, want %q", got, want)
	}
}
