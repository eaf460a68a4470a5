package command

import (
	"os"

	"golang.org/x/term"
)

// terminalOf is how wide and high the terminal behind a file is, asked anew each
// time, as it may be resized. It is nil where there is none that lines may be
// drawn over: no terminal, TERM=dumb, or NO_COLOR (https://no-color.org), whose
// users want text without escape sequences.
func terminalOf(f *os.File) func() (width, height int) {
	name := os.Getenv("TERM")
	if os.Getenv("NO_COLOR") != "" || name == "" || name == "dumb" || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return func() (int, int) {
		width, height, err := term.GetSize(int(f.Fd()))
		if err != nil || width <= 0 || height <= 0 {
			return 80, 24
		}
		return width, height
	}
}
