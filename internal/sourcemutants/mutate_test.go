package sourcemutants

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mutant is one change of a source file: the text between two offsets is replaced.
type mutant struct {
	file       string // below the root of the repository
	start, end int
	with       string
	change     string // what is done, such as "negate"
	line       string // the source line, without indentation
	nth        int    // of the same change of the same line, from 1
}

// key names the mutant without a line number, so that it outlives changes elsewhere.
func (m mutant) key() string {
	return fmt.Sprintf("%s\t%s %d\t%s", m.file, m.change, m.nth, m.line)
}

// operators are what a binary operator is swapped for.
var operators = map[token.Token]string{
	token.LAND: "||", token.LOR: "&&", token.EQL: "!=", token.NEQ: "==",
	token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">",
	token.ADD: "-", token.SUB: "+",
}

// breeder collects the mutants of a file.
type breeder struct {
	file    string
	source  []byte
	set     *token.FileSet
	mutants []mutant
}

// breed returns the mutants of a file, in the order of its text.
func breed(t *testing.T, file string) []mutant {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	b := &breeder{file: file, source: source, set: token.NewFileSet()}
	tree, err := parser.ParseFile(b.set, file, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range tree.Decls {
		if f, is := d.(*ast.FuncDecl); is && f.Body != nil {
			ast.Inspect(f.Body, b.visit)
		}
	}
	slices.SortStableFunc(b.mutants, func(a, c mutant) int { return a.start - c.start })
	count := map[string]int{}
	for i, m := range b.mutants {
		count[m.change+m.line]++
		b.mutants[i].nth = count[m.change+m.line]
	}
	return b.mutants
}

func (b *breeder) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		b.negate(n.Cond)
	case *ast.SwitchStmt:
		b.cases(n)
	case *ast.BinaryExpr:
		if with, known := operators[n.Op]; known && !b.isText(n) {
			b.add(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), with, "swap "+n.Op.String())
		}
	case *ast.BasicLit:
		if v, err := strconv.Atoi(n.Value); err == nil && n.Kind == token.INT {
			b.add(n.Pos(), n.End(), strconv.Itoa(v+1), "one more")
		}
	case *ast.Ident:
		if other := map[string]string{"true": "false", "false": "true"}[n.Name]; other != "" {
			b.add(n.Pos(), n.End(), other, "swap "+n.Name)
		}
	case *ast.ExprStmt:
		b.add(n.Pos(), n.End(), "", "remove")
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			b.add(n.Pos(), n.End(), "", "remove")
		}
	case *ast.BranchStmt:
		b.add(n.Pos(), n.End(), "", "remove")
	}
	return true
}

// cases negates the conditions of a switch without a value.
func (b *breeder) cases(n *ast.SwitchStmt) {
	for _, clause := range n.Body.List {
		for _, e := range clause.(*ast.CaseClause).List {
			if n.Tag == nil {
				b.negate(e)
			}
		}
	}
}

func (b *breeder) negate(e ast.Expr) {
	start, end := b.offset(e.Pos()), b.offset(e.End())
	b.add(e.Pos(), e.End(), "!("+string(b.source[start:end])+")", "negate")
}

// isText reports whether a sum is one of texts, which has no difference.
func (b *breeder) isText(n *ast.BinaryExpr) bool {
	return n.Op == token.ADD && strings.ContainsAny(
		string(b.source[b.offset(n.Pos()):b.offset(n.End())]), "\"`")
}

func (b *breeder) offset(p token.Pos) int { return b.set.Position(p).Offset }

func (b *breeder) add(start, end token.Pos, with, change string) {
	from, to := b.offset(start), b.offset(end)
	first := strings.LastIndexByte(string(b.source[:from]), '\n') + 1
	line, _, _ := strings.Cut(string(b.source[first:]), "\n")
	b.mutants = append(b.mutants, mutant{file: b.file, start: from, end: to, with: with,
		change: change, line: strings.TrimSpace(line)})
}
