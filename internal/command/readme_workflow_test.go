package command

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// workflow is the part of a workflow of GitHub Actions that the test reads.
type workflow struct {
	Jobs map[string]struct {
		Steps []struct {
			Uses, Run string
			Folder    string `yaml:"working-directory"`
			With      map[string]string
		}
	}
}

// TestWorkflow runs the steps of examples/review.yml in a repository that has the clone as the
// folder metaflow-cfn: with the reviewed file, and after a change of a parameter.
func TestWorkflow(t *testing.T) {
	t.Parallel()
	var read workflow
	if err := yaml.Unmarshal([]byte(readPage(t, filepath.Join("..", "..", "examples", "review.yml"))), &read); err != nil {
		t.Fatal(err)
	}
	var commands []string
	for _, s := range read.Jobs["review"].Steps {
		switch {
		case s.Run != "" && s.Folder != "":
			commands = append(commands, "(cd "+s.Folder+" && "+s.Run+")")
		case s.Run != "":
			commands = append(commands, strings.TrimSpace(s.Run))
		case s.With["path"] != "": // the artifact
			commands = append(commands, "cp "+s.With["path"]+" artifact.html")
		case s.With["go-version-file"] != "":
			commands = append(commands, "grep -q '^go 1' "+s.With["go-version-file"])
		case !regexp.MustCompile(`^[\w/-]+@v\d+$`).MatchString(s.Uses):
			t.Errorf("the step %+v does nothing", s)
		}
	}
	for value, code := range map[string]int{"64": exitOK, "65": exitDiffers} {
		r := newReader(t)
		for _, name := range []string{"Makefile", "go.mod"} {
			r.write(filepath.Join("metaflow-cfn", name), readPage(t, filepath.Join("..", "..", name)), 0o600)
		}
		r.env["GITHUB_ACTIONS"] = "true"
		before := r.run(append([]string{}, prepared...))
		r.write("team.yaml", "Parameters:\n  MaxvCpus: "+value+"\nTags:\n  cost-center: research\n", 0o600)
		all := r.run(commands)
		last := all[len(all)-1]
		for i, done := range append(before, all[:len(all)-1]...) {
			if done.code != exitOK {
				t.Errorf("MaxvCpus %s, command %d: exit code %d\n%s", value, i, done.code, done.stderr)
			}
		}
		if last.code != code {
			t.Errorf("MaxvCpus %s: exit code %d\n%s%s", value, last.code, last.stdout, last.stderr)
		}
		annotated := strings.Contains(last.stderr, "::error ") && strings.Contains(last.stdout, "\n+        MaxvCpus: 65")
		if annotated != (code == exitDiffers) {
			t.Errorf("MaxvCpus %s: stdout\n%s\nstderr\n%s", value, last.stdout, last.stderr)
		}
		page := readPage(t, filepath.Join(r.folder, "artifact.html"))
		if strings.Contains(page, "<ins>") != (code == exitDiffers) || !strings.Contains(page, "Difference to the other file") {
			t.Errorf("MaxvCpus %s: the page has another difference", value)
		}
	}
}
