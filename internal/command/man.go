package command

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/internal/atomicfile"
	"github.com/metaflow-cfn/metaflow-cfn/internal/manpage"
)

// newMan prints manual pages.
func newMan(e *env) *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "man [COMMAND]",
		Short: "Print the manual page of the program or of a command",
		Example: "  metaflow-cfn man deploy | man -l -\n" +
			"  metaflow-cfn man --dir /usr/local/share/man/man1",
	}
	cmd.Flags().StringVar(&folder, "dir", "", "write the pages of all commands into a folder")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		root := cmd.Root()
		page, rest, err := root.Find(args)
		switch {
		case folder != "":
			e.noArguments(args)
		case err != nil || len(rest) > 0:
			e.problems.add(unknownCommand(args[0], root))
		}
		if err := e.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		if folder != "" {
			return writePages(folder, root)
		}
		_, err = e.Out.Write(manPage(page))
		return err
	}
	return cmd
}

// writePages writes the page of a command and of those below it.
func writePages(folder string, cmd *cobra.Command) error {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return &exitError{exitUsage,
			fmt.Errorf("--dir %s: %w; wanted a folder that exists", folder, fs.ErrNotExist), ""}
	}
	path := filepath.Join(folder, manpage.Name(cmd)+".1")
	if err := atomicfile.WriteBytes(path, 0o666, manPage(cmd)); err != nil {
		return &exitError{exitUsage, fmt.Errorf("--dir: %w", err), ""}
	}
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		if err := writePages(folder, sub); err != nil {
			return err
		}
	}
	return nil
}

func manPage(cmd *cobra.Command) []byte {
	return manpage.Of(cmd, "metaflow-cfn", "Metaflow on AWS")
}
