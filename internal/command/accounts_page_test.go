package command

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// TestAccountsPage resolves the parameter files of docs/accounts.md: CodePipeline's and Git sync's
// lead to the same resources.
func TestAccountsPage(t *testing.T) {
	t.Parallel()
	page := readPage(t, filepath.Join("..", "..", "docs", "accounts.md"))
	files := regexp.MustCompile("(?s)```(json|yaml)\n(.*?)```").FindAllStringSubmatch(page, -1)
	if len(files) != 2 {
		t.Fatalf("the page has %d parameter files", len(files))
	}
	var resolved []string
	for _, f := range files {
		path := filepath.Join(t.TempDir(), "parameters."+f[1])
		if err := os.WriteFile(path, []byte(f[2]), 0o644); err != nil {
			t.Fatal(err)
		}
		p := &program{t: t, server: cfntest.New(cfntest.Options{})}
		p.exits(exitOK, "generate", "--resolve", "--parameters", path)
		resolved = append(resolved, p.out.String())
	}
	if resolved[0] != resolved[1] || !regexp.MustCompile(`MaxvCpus: 64\n`).MatchString(resolved[0]) {
		t.Errorf("the files lead to\n%s\nand\n%s", resolved[0], resolved[1])
	}
}
