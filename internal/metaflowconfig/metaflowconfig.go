// Package metaflowconfig reads and writes the configuration files of Metaflow's client.
package metaflowconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/metaflow-cfn/metaflow-cfn/internal/atomicfile"
)

// Path returns the file that Metaflow's client reads for a profile, "" for none.
func Path(profile string) (string, error) {
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

// Merge sets the keys in the file and keeps the others. If the file existed and
// changes, Merge returns the name of its backup. The new file appears as a whole or
// not at all.
func Merge(path string, config map[string]string) (backup string, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	if err := atomicfile.Check(path); err != nil {
		return "", err
	}
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	text, err := merged(old, config)
	if err != nil || bytes.Equal(old, text) {
		return "", err
	}
	if old != nil {
		backup = path + ".bak"
		if err := atomicfile.WriteBytes(backup, 0o600, old); err != nil {
			return "", err
		}
	}
	return backup, atomicfile.WriteBytes(path, 0o600, text)
}

// merged returns the content of a file with the keys set and the others kept.
func merged(old []byte, config map[string]string) ([]byte, error) {
	all, err := parse(old)
	if err != nil {
		return nil, err
	}
	for key, value := range config {
		all[key] = value
	}
	return encode(all)
}

// parse reads a file that must hold one JSON object, or nothing.
func parse(text []byte) (map[string]any, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return map[string]any{}, nil
	}
	var value any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber() // keeps numbers as they are written
	if err := dec.Decode(&value); err != nil {
		return nil, fmt.Errorf("the file is not valid JSON (%w): fix or move it", err)
	}
	entries, ok := value.(map[string]any)
	if _, err := dec.Token(); !ok || err != io.EOF {
		return nil, errors.New("the file does not hold exactly one JSON object, " +
			"like {\"KEY\": \"value\"}: fix or move it")
	}
	return entries, nil
}

// Text returns a configuration as the content of a file.
func Text(config map[string]string) ([]byte, error) { return encode(config) }

// encode writes the form that Metaflow's client itself writes: sorted, indented by
// four spaces.
func encode(config any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "    ")
	err := enc.Encode(config)
	return buf.Bytes(), err
}
