// Command release builds the archives of a release from a clean commit: for each platform the
// program, its manual pages, completions, the published templates, a bill of materials and the
// texts of the project, and SHA256SUMS beside them. The same commit and the same Go give the same
// bytes in any folder. Make release runs it from the root.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
)

// platforms are those of a release.
const platforms = "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64"

func main() {
	log.SetFlags(0)
	dir := flag.String("o", "dist", "the folder of the archives, which must not exist or be empty")
	list := flag.String("platforms", platforms, "the platforms, as GOOS/GOARCH")
	flag.Parse()
	if err := run(*dir, strings.Split(*list, ",")); err != nil {
		log.Fatal("release: ", err)
	}
}

// run writes an archive for each platform, and their checksums, into a folder.
func run(dir string, platforms []string) error {
	if found, err := os.ReadDir(dir); err == nil && len(found) > 0 {
		return fmt.Errorf("%s is not empty: remove it first", dir)
	}
	when, err := commitTime()
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	shared, err := sharedFiles(scratch)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	for _, p := range platforms {
		name, text, err := archiveOf(scratch, p, shared, when)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		line, err := writeSummed(dir, name, text)
		if err != nil {
			return err
		}
		fmt.Print(line)
		sums.WriteString(line)
	}
	_, err = writeSummed(dir, "SHA256SUMS", []byte(sums.String()))
	return err
}
