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
	"github.com/metaflow-cfn/metaflow-cfn/internal/bounded"
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

// Apply makes the change to the file. Keys that the change does not name stay. If the
// file existed and changes, the result has the name of its backup. The new file appears
// as a whole or not at all; where nothing changes, nothing is written.
func Apply(path string, c Change) (Result, error) {
	old, err := read(path)
	if err != nil {
		return Result{}, err
	}
	text, r, err := c.apply(old)
	r.Path = path
	if err != nil || !r.Changed() {
		return r, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return r, err
	}
	if old != nil {
		r.Backup = path + ".bak"
		if err := atomicfile.WriteBytes(r.Backup, 0o600, old); err != nil {
			return r, err
		}
	}
	return r, atomicfile.WriteBytes(path, 0o600, text)
}

// Preview returns what the change would do to the file, and writes nothing. A file that
// Apply would refuse counts as empty.
func Preview(path string, c Change) Result {
	old, err := read(path)
	if err == nil {
		_, r, err := c.apply(old)
		if err == nil {
			r.Path = path
			return r
		}
	}
	_, r, _ := c.apply(nil)
	r.Path = path
	return r
}

// maxSize is how large a configuration may be, in bytes.
const maxSize = 1 << 20

// read returns the content of the file, nil if there is none.
func read(path string) ([]byte, error) {
	if err := atomicfile.Check(path); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := bounded.Read(file, maxSize)
	if large := (*bounded.TooLargeError)(nil); errors.As(err, &large) {
		return nil, fmt.Errorf("the file has %w, which a configuration does not have: move it", err)
	}
	return text, err
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
