package command

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// recordsValidator returns the published schema with the schema of each type of record. Unlike the
// published one it refuses fields that it does not have.
var recordsValidator = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "records.schema.json"))
	if err != nil {
		return nil, err
	}
	var schema object
	if err := json.Unmarshal(text, &schema); err != nil {
		return nil, err
	}
	closeObjects(schema)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("records.json", schema); err != nil {
		return nil, err
	}
	all := map[string]*jsonschema.Schema{}
	for name := range schema["$defs"].(object) {
		if all[name], err = compiler.Compile("records.json#/$defs/" + name); err != nil {
			return nil, err
		}
	}
	all[""], err = compiler.Compile("records.json")
	return all, err
})

// closeObjects makes all objects of a schema refuse further properties.
func closeObjects(schema any) {
	switch schema := schema.(type) {
	case []any:
		for _, one := range schema {
			closeObjects(one)
		}
	case object:
		for _, one := range schema {
			closeObjects(one)
		}
		if schema["type"] == "object" && schema["additionalProperties"] == nil {
			schema["additionalProperties"] = false
		}
	}
}

// checkSchema returns what is wrong with the complete lines of stdout by the published schema. The
// schema of a line's type is enough for all but the first line of the type: that of all types tries
// each of them.
func checkSchema(stdout string) error {
	seen := map[string]bool{}
	schemas, err := recordsValidator()
	if err != nil {
		return err
	}
	for text := range strings.Lines(stdout) {
		if !strings.HasSuffix(text, "\n") {
			break
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			return fmt.Errorf("%q: %w", text, err)
		}
		fields, _ := value.(object)
		name, _ := fields["type"].(string)
		schema := schemas[name]
		if name == "" || schema == nil {
			return fmt.Errorf("%q: no type of record is %q", text, name)
		}
		if err := schema.Validate(value); err != nil {
			return fmt.Errorf("%.2000s: %w", text, err)
		}
		if seen[name] {
			continue
		}
		seen[name] = true
		if err := schemas[""].Validate(value); err != nil {
			return fmt.Errorf("%.2000s: %w", text, err)
		}
	}
	return nil
}

// writesRecords reports whether a command line asks for records.
func writesRecords(args []string) bool {
	i := slices.Index(args, "--output")
	return slices.Contains(args, "--output=json") || i >= 0 && i+1 < len(args) && args[i+1] == "json"
}

// TestRecordsSchema shows that the schema refuses what is not a record.
func TestRecordsSchema(t *testing.T) {
	t.Parallel()
	const good = `{"v":1,"type":"result","result":"succeeded","exit":0}`
	if err := checkSchema(good + "\n"); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{
		`{"v":1,"type":"result","result":"succeeded"}`,
		`{"v":2,"type":"result","result":"succeeded","exit":0}`,
		`{"v":1,"type":"outcome","result":"succeeded","exit":0}`,
		`{"v":1,"type":"result","result":"succeeded","exit":"0"}`,
		`{"v":1,"type":"result","result":"succeeded","exit":0,"busy":["Vpc"]}`,
		`{"v":1,"type":"result","result":"succeeded","exit":0,"rootCause":{"type":"event","id":1}}`,
		`{"type":"note","note":"a"}`, `[]`, `text`,
	} {
		if checkSchema(bad+"\n") == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}
