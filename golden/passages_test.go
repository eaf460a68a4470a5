package golden

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// passage is a text that people read, on one line, with its position.
type passage struct {
	file string
	line int
	text string
}

// passages returns the texts of the project: of Markdown pages, of parameter files, and of Go
// files without tests.
func passages(t *testing.T, root string) (all []passage) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		name := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if base := entry.Name(); base == "testdata" || base != ".." && base[0] == '.' {
				return filepath.SkipDir
			}
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch {
		case !strings.Contains(name, "/") && strings.HasSuffix(name, ".md"), strings.HasPrefix(name, "docs/"):
			all = append(all, markdown(name, string(text))...)
		case strings.HasPrefix(name, "templates/scenarios/"):
			all = append(all, comments(name, string(text))...)
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
			all = append(all, source(t, name, string(text))...)
		}
		return nil
	})
	if err != nil || len(all) < 1000 {
		t.Fatalf("%d passages, %v", len(all), err)
	}
	return all
}

// markdown returns the paragraphs of a page, its list items, and the cells of its tables.
func markdown(file, text string) (all []passage) {
	open := false // a line of the same paragraph comes before
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "":
			open = false
		case strings.HasPrefix(trimmed, "|"):
			for cell := range strings.SplitSeq(strings.Trim(trimmed, "|"), "|") {
				all = append(all, passage{file, i + 1, strings.TrimSpace(cell)})
			}
			open = false
		case open && !strings.HasPrefix(trimmed, "- "):
			all[len(all)-1].text += " " + trimmed
		default:
			all = append(all, passage{file, i + 1, strings.TrimPrefix(trimmed, "- ")})
			open = true
		}
	}
	return all
}

// comments returns the comments of a YAML file.
func comments(file, text string) (all []passage) {
	open := false
	for i, line := range strings.Split(text, "\n") {
		words, comment := strings.CutPrefix(strings.TrimSpace(line), "# ")
		switch {
		case comment && open:
			all[len(all)-1].text += " " + words
		case comment:
			all = append(all, passage{file, i + 1, words})
		}
		open = comment
	}
	return all
}

// source returns the comments of a Go file and its string literals. Literals that are added are
// one text, in which other operands are "…".
func source(t *testing.T, file, text string) (all []passage) {
	t.Helper()
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	add := func(at ast.Node, text string) {
		line := files.Position(at.Pos()).Line
		all = append(all, passage{file, line, strings.Join(strings.Fields(text), " ")})
	}
	for _, group := range parsed.Comments {
		add(group, group.Text())
	}
	var literals func(n ast.Node) bool
	literals = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit, *ast.BinaryExpr:
			if text := joined(n.(ast.Expr), literals); strings.Contains(text, " ") {
				add(n, text)
			}
			return false
		}
		return true
	}
	ast.Inspect(parsed, literals)
	return all
}

// joined returns the text of an expression: a literal, literals that are added, or "…", whose
// parts are visited.
func joined(e ast.Expr, visit func(ast.Node) bool) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
		return ""
	case *ast.BinaryExpr:
		return joined(e.X, visit) + joined(e.Y, visit)
	}
	ast.Inspect(e, visit)
	return "…"
}
