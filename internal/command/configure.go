package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// newConfigure writes Metaflow's configuration from the outputs of a stack.
func newConfigure(e *env) *cobra.Command {
	var profile string
	var show bool
	cmd := &cobra.Command{
		Use:   "configure STACK",
		Short: "Write Metaflow's configuration from the outputs of the stack",
		Long: "configure merges the stack's values into $METAFLOW_HOME/config.json (by default in ~/.metaflowconfig), or\n" +
			"config_PROFILE.json, keeps every other key, and leaves a backup beside it. The region is no key of\n" +
			"Metaflow's: the line that sets it is printed, for eval.",
		Example: "  eval \"$(metaflow-cfn configure metaflow)\"\n  metaflow-cfn configure metaflow --print",
	}
	cmd.Flags().StringVar(&profile, "profile", "", "Metaflow profile to write, used with METAFLOW_PROFILE")
	cmd.Flags().BoolVar(&show, "print", false, "print the stack's configuration and write nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := e.stackName(args)
		e.checkProfile(profile)
		if err := e.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		s, err := e.open(cmd.Context(), name, "")
		switch {
		case err != nil:
			return err
		case !s.stack.Exists():
			return &exitError{exitUnknown, fmt.Errorf("stack %s does not exist in %s", name, s.region),
				"Create it: metaflow-cfn deploy " + name}
		}
		return e.writeConfiguration(s.stack, s.region, profile, show)
	}
	return cmd
}

// checkProfile notes a profile that would not be a plain file name.
func (p *problems) checkProfile(profile string) {
	if profile != "" && !regexp.MustCompile(`^[\w][\w.-]{0,99}$`).MatchString(profile) {
		p.add(fmt.Errorf("--profile: %q is not a profile name of letters, digits, _, - and ., like prod", profile))
	}
}

// writeConfiguration merges the stack's values into the configuration file, or
// prints them.
func (e *env) writeConfiguration(stack deploy.Stack, region, profile string, show bool) error {
	config := e.component.Configuration(stack.Outputs)
	if missing := e.missingKeys(config); len(missing) > 0 {
		return &exitError{exitUnknown, fmt.Errorf("stack %s (%s) has no output for %s", stack.Name, stack.Status, strings.Join(missing, ", ")),
			"Bring it up to date: metaflow-cfn deploy " + stack.Name}
	}
	if show {
		text, err := configText(toAny(config))
		if err == nil {
			_, err = e.Out.Write(text)
		}
		e.Printf("Jobs run in the stack's region: export AWS_DEFAULT_REGION=%s", region)
		return err
	}
	path, err := configPath(profile)
	if err != nil {
		return &exitError{exitUnknown, err, ""}
	}
	backup, err := mergeConfig(path, config)
	if err != nil {
		return &exitError{exitUnknown, fmt.Errorf("%s: %w", path, err), "See the values: metaflow-cfn configure " + stack.Name + " --print"}
	}
	e.Printf("wrote %s", path)
	if backup != "" {
		e.Printf("kept the old file as %s", backup)
	}
	fmt.Fprintf(e.Out, "export AWS_DEFAULT_REGION=%s\n", region)
	if profile != "" {
		fmt.Fprintf(e.Out, "export METAFLOW_PROFILE=%s\n", profile)
	}
	return nil
}

func (e *env) missingKeys(config map[string]string) []string {
	var missing []string
	for _, o := range e.component.Outputs {
		if o.Key != "" && config[o.Key] == "" && !o.Optional() {
			missing = append(missing, o.Key)
		}
	}
	return missing
}

// configPath is the file that Metaflow's client reads for the profile.
func configPath(profile string) (string, error) {
	home := os.Getenv("METAFLOW_HOME")
	if home == "" {
		user, err := os.UserHomeDir()
		if err != nil {
			return "", errors.New("neither METAFLOW_HOME nor HOME is set; wanted a folder for config.json")
		}
		home = filepath.Join(user, ".metaflowconfig")
	}
	if profile == "" {
		return filepath.Join(home, "config.json"), nil
	}
	return filepath.Join(home, "config_"+profile+".json"), nil
}

// mergeConfig sets the keys in the file, keeps the others, and returns the name
// of the backup of a file that was there and changed. The new file appears as a
// whole or not at all.
func mergeConfig(path string, config map[string]string) (backup string, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	if err := replaceable(path); err != nil {
		return "", err
	}
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	text, err := mergedConfig(old, config)
	if err != nil || bytes.Equal(old, text) {
		return "", err
	}
	if old != nil {
		backup = path + ".bak"
		if err := replaceFile(backup, 0o600, content(old)); err != nil {
			return "", err
		}
	}
	return backup, replaceFile(path, 0o600, content(text))
}

// mergedConfig returns the configuration file with the keys set and the others kept.
func mergedConfig(old []byte, config map[string]string) ([]byte, error) {
	all, err := object(old)
	if err != nil {
		return nil, err
	}
	maps.Copy(all, toAny(config))
	return configText(all)
}

// object reads a file that must hold one JSON object, or nothing.
func object(text []byte) (map[string]any, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return map[string]any{}, nil
	}
	var value any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber() // keeps numbers as they are written
	if err := dec.Decode(&value); err != nil {
		return nil, fmt.Errorf("the file is no JSON (%w): mend or move it", err)
	}
	entries, ok := value.(map[string]any)
	if _, err := dec.Token(); !ok || err != io.EOF {
		return nil, errors.New("the file holds something else than one JSON object, like {\"KEY\": \"value\"}: mend or move it")
	}
	return entries, nil
}

// configText is the form that Metaflow's client itself writes: sorted, indented
// by four spaces.
func configText(config map[string]any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "    ")
	err := enc.Encode(config)
	return buf.Bytes(), err
}

func toAny(m map[string]string) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
