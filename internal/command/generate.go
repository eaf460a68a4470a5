package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/picture"
	"github.com/metaflow-cfn/metaflow-cfn/generator/review"
	"github.com/metaflow-cfn/metaflow-cfn/internal/atomicfile"
	"github.com/metaflow-cfn/metaflow-cfn/internal/bounded"
)

// The formats of what would exist, beside those of templates.
const (
	formatText    = "text"
	formatMermaid = "mermaid"
	formatHTML    = "html"
)

// formats are the values of --format.
var formats = []string{"yaml", "json", formatMermaid, formatHTML}

// generateCmd is one run of the generate command.
type generateCmd struct {
	*env

	component             *generator.Component
	in                    *inputs
	resolve               bool
	format, output, check string
	against               string
}

// newGenerate prints the template, or compares it with a file.
func newGenerate(e *env, c *generator.Component) *cobra.Command {
	g := &generateCmd{env: e, component: c}
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Print the template, or the resources that would exist",
		Long: "generate prints the template. Given parameters become its defaults. With\n" +
			"--resolve it prints a plain template of what would exist under the given\n" +
			"parameters: without parameters and conditions; with --format mermaid a picture\n" +
			"of it for a Markdown page, with --format html a page for review.",
		Example: "  metaflow-cfn generate -o metaflow.yaml\n" +
			"  metaflow-cfn generate --resolve --parameters team.yaml --check team.resolved.yaml",
	}
	g.in = parameterFlags(cmd, c)
	cmd.Flags().BoolVar(&g.resolve, "resolve", false,
		"print what will exist under the given parameters")
	enumFlag(cmd, &g.format, "format", "yaml", formats...)
	cmd.Flags().StringVarP(&g.output, "out", "o", "",
		"write to a file, atomically, instead of stdout; - is stdout")
	cmd.Flags().StringVar(&g.check, "check", "",
		"compare with a file: exit 0 if equal, print the difference and exit 10 if not")
	cmd.Flags().StringVar(&g.against, "against", "",
		"with --format html: show the difference to a file that generate --resolve has written")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		values := g.read(cmd.Context(), args)
		if err := e.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		return g.run(cmd.Context(), values)
	}
	return cmd
}

// read reads everything that is given and notes what is wrong with it.
func (g *generateCmd) read(ctx context.Context, args []string) generator.Values {
	g.noArguments(args)
	g.checkEnum("format", g.format, formats...)
	if (g.format == formatMermaid || g.format == formatHTML) && !g.resolve {
		g.problems.add(fmt.Errorf("--format %s shows what would exist: give --resolve too", g.format))
	}
	if g.against != "" && g.format != formatHTML {
		g.problems.add(errors.New("--against is shown on the page of --format html: " +
			"give that too, or --check"))
	}
	if g.output != "" && g.check != "" {
		g.problems.add(errors.New("--out and --check exclude each other: " +
			"write the file, or compare with it"))
	}
	values := g.component.Completed(g.in.read(ctx, g.env))
	g.in.refusePrevious(g.env, "generate has none", func(string) bool { return false })
	if g.resolve || len(values) > 0 {
		for _, err := range g.component.CheckRelations(values, g.in.wrong...) {
			g.problems.addParameter(err)
		}
	}
	return values
}

func (g *generateCmd) run(ctx context.Context, values generator.Values) error {
	g.in.printNotes(g.env)
	for _, w := range g.component.Warnings(values, values) {
		g.Printf("%s", w)
	}
	text, err := g.text(ctx, values)
	switch {
	case err != nil:
		return err
	case g.check != "":
		return g.compare(ctx, g.check, text)
	case g.output != "":
		return g.writeOutput(ctx, g.output, text)
	}
	_, err = g.Out.Write(text)
	return err
}

// text returns what the command writes.
func (g *generateCmd) text(ctx context.Context, values generator.Values) ([]byte, error) {
	switch g.format {
	case formatMermaid:
		p, err := picture.Of(g.component, values)
		if err != nil {
			return nil, err
		}
		return p.Mermaid(), nil
	case formatHTML:
		return g.page(ctx, values)
	}
	return render(g.component, values, g.resolve, g.format)
}

// page returns the page for review.
func (g *generateCmd) page(ctx context.Context, values generator.Values) ([]byte, error) {
	if g.against == "" {
		return review.Page(g.component, values, review.Notes{})
	}
	other, err := readCompared(ctx, "--against", g.against)
	if err != nil {
		return nil, err
	}
	resolved, err := render(g.component, values, true, "yaml")
	if err != nil {
		return nil, err
	}
	difference := diff.Diff(g.against, other, "generated", resolved)
	return review.Page(g.component, values, review.Notes{Difference: append([]byte{}, difference...)})
}

// render returns the template as text.
func render(
	c *generator.Component, values generator.Values, resolve bool, format string,
) ([]byte, error) {
	t, err := c.Built().WithDefaults(values)
	if err != nil {
		return nil, err
	}
	if resolve {
		if t, err = t.Resolve(nil); err != nil {
			return nil, err
		}
	}
	if format == "json" {
		return t.JSON()
	}
	return t.YAML()
}

// maxCompared bytes are compared at most, the size of the largest template that CloudFormation
// takes, and maxLines lines.
const maxCompared, maxLines = 1 << 20, 50_000

// readCompared reads the file of a flag that compares.
func readCompared(ctx context.Context, flag, path string) ([]byte, error) {
	file, err := bounded.File(ctx, path, maxCompared)
	var large *bounded.TooLargeError
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.As(err, &large):
		err = fmt.Errorf("%s has %w", path, err)
	case bytes.Count(file, []byte("\n")) > maxLines:
		err = fmt.Errorf("%s has more than %d lines", path, maxLines)
	}
	if err != nil {
		return nil, &exitError{exitUsage,
			fmt.Errorf("%s: %w; wanted a file that generate has written", flag, err), ""}
	}
	return file, nil
}

// compare prints how the file differs from what is generated.
func (e *env) compare(ctx context.Context, path string, text []byte) error {
	file, err := readCompared(ctx, "--check", path)
	if err != nil {
		return err
	}
	if bytes.Equal(file, text) {
		return nil
	}
	if _, err := e.Out.Write(diff.Diff(path, file, "generated", text)); err != nil {
		return err
	}
	return &exitError{exitDiffers, fmt.Errorf("%s differs from the generated template", path),
		"Accept: the same command with -o " + path + " instead of --check"}
}

// writeOutput replaces a file atomically; its folder must exist. - and /dev/stdout are stdout.
// A device or a pipe is written to.
func (e *env) writeOutput(ctx context.Context, path string, text []byte) error {
	switch path {
	case "-", "/dev/stdout":
		_, err := e.Out.Write(text)
		return err
	case "/dev/stderr":
		_, err := e.Err.Write(text)
		return err
	}
	var err error
	if info, found := os.Stat(path); found == nil && !info.Mode().IsRegular() && !info.IsDir() {
		_, err = bounded.Until(ctx, func() (int, error) { return 0, writeTo(path, text) })
	} else {
		err = atomicfile.WriteBytes(path, 0o666, text)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, fs.ErrNotExist):
		return &exitError{exitUsage, fmt.Errorf("-o %s: the folder %s does not exist; "+
			"wanted a file in an existing one", path, filepath.Dir(path)), ""}
	case err != nil:
		return &exitError{exitUsage, fmt.Errorf("-o: %w", err), ""}
	}
	return nil
}

// writeTo writes to a device or a pipe.
func writeTo(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}
