package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sebdah/goldie/v2"
)

// recordType is a type of record with its fields besides v and type.
type recordType struct {
	name, words        string
	required, optional string // names of fields
}

// recordTypes are the types of records in the order of the page.
var recordTypes = []recordType{
	{"warning", "A warning about the given values.", "note", "stack"},
	{"plan", "The changes of a change set.", "stack op", "stackId planned changes from derived updates cost tags"},
	{"drift", "The differences between the stack and its resources, of `plan --drift`.", "stack compared",
		"drifted unchecked reason"},
	{"jobs", "The jobs that the operation ends.", "stack queues", ""},
	{"drain", "A step of `--drain`. The command in `next` undoes it.", "stack status queues", "next"},
	{"start", "The operation has started.", "stack op", "stackId token planned"},
	{"event", "An event of the stack.", "eventId ts id rtype status",
		"path physicalId detail hook property reason operationId foreign"},
	{"note", "A message about the wait, such as a connection that was lost.", "note", "stack"},
	{"waiting", "Progress, after a while without events.", "stack done", "planned busy"},
	{"remain", "A resource that a deletion or `verify` leaves. The command in `next` removes it.", "detail", "stack next"},
	{"stack", "A stack of `list`.", "stack stackId status ts", "component"},
	{"check", "A check of `verify`.", "id status", "detail"},
	{"job", "A step of the job of `verify`.", "ts", "id status detail"},
	{"cause", "Why the job of `verify` does not run.", "id reason", "detail hint"},
	{"result", "The result: the last record, of which there is exactly one.", "result exit",
		"stack stackId op status reason rootCause also cancelled blocking left seconds outputs needsAllowReplace configuration next"},
}

// failureType are the records inside a result, which have no version.
var failureType = recordType{"event", "A failure, inside a result.", "ts", "eventId id rtype status path physicalId detail " +
	"hook property reason code request batchReason hint operationId foreign"}

// recordSources are the files with the types of records.
var recordSources = []string{"display/records.go", "display/records_plan.go", "display/drift.go",
	"../jobs/count.go", "../metaflowconfig/change.go", "../../generator/cost/cost.go"}

// recordField is a field of a Go struct with its name in JSON.
type recordField struct {
	name, words string
	optional    bool
	kind        ast.Expr
}

// recordStructs returns the fields of the structs in the sources of records.
func recordStructs(t *testing.T) map[string][]recordField {
	t.Helper()
	structs := map[string][]recordField{}
	for _, file := range recordSources {
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash(file), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, is := n.(*ast.TypeSpec)
			if !is {
				return true
			}
			if s, is := spec.Type.(*ast.StructType); is {
				structs[spec.Name.Name] = append(structs[spec.Name.Name], recordFields(t, s)...)
			}
			return false
		})
	}
	return structs
}

func recordFields(t *testing.T, s *ast.StructType) (fields []recordField) {
	t.Helper()
	for _, f := range s.Fields.List {
		if f.Tag == nil {
			if len(f.Names) == 0 {
				fields = append(fields, recordField{kind: f.Type})
			}
			continue
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			t.Fatal(err)
		}
		name, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		words := strings.TrimSpace(f.Comment.Text())
		if !strings.HasSuffix(words, ".") {
			t.Errorf("the field %s has no sentence beside it: %q", name, words)
		}
		fields = append(fields, recordField{name, words, options == "omitempty", f.Type})
	}
	return fields
}

// object is a JSON object.
type object = map[string]any

// schemaWriter writes the schema of Go types.
type schemaWriter struct {
	t       *testing.T
	structs map[string][]recordField
}

// kind returns the schema of a Go type.
func (w schemaWriter) kind(e ast.Expr) object {
	switch e := e.(type) {
	case *ast.StarExpr:
		return w.kind(e.X)
	case *ast.SelectorExpr:
		return w.kind(e.Sel)
	case *ast.ArrayType:
		return object{"type": "array", "items": w.kind(e.Elt)}
	case *ast.MapType:
		return object{"type": "object", "additionalProperties": w.kind(e.Value)}
	case *ast.Ident:
		if basic := map[string]string{"string": "string", "int": "integer", "bool": "boolean",
			"float64": "number"}[e.Name]; basic != "" {
			return object{"type": basic}
		}
		if e.Name == "record" {
			return object{"$ref": "#/$defs/failure"}
		}
		if fields := w.structs[e.Name]; fields != nil {
			return w.fields(fields)
		}
	}
	w.t.Fatalf("no schema for %T %v", e, e)
	return nil
}

// fields returns the schema of a struct.
func (w schemaWriter) fields(fields []recordField) object {
	properties, required := object{}, []string{}
	for _, f := range fields {
		kind := w.kind(f.kind)
		if f.name == "" { // embedded
			for name, property := range kind["properties"].(object) {
				properties[name] = property
			}
			required = append(required, kind["required"].([]string)...)
			continue
		}
		kind["description"] = f.words
		properties[f.name] = kind
		if !f.optional {
			required = append(required, f.name)
		}
	}
	slices.Sort(required)
	return object{"type": "object", "properties": properties, "required": required}
}

// record returns the schema of a type of record, and removes its fields from unused.
func (w schemaWriter) record(r recordType, version bool, unused map[string]bool) object {
	all := w.fields(w.structs["record"])["properties"].(object)
	properties := object{"type": object{"const": r.name, "description": all["type"].(object)["description"]}}
	required := append([]string{"type"}, strings.Fields(r.required)...)
	if version {
		properties["v"] = object{"const": 1, "description": all["v"].(object)["description"]}
		required = append([]string{"v"}, required...)
	}
	for _, name := range strings.Fields(r.required + " " + r.optional) {
		if all[name] == nil {
			w.t.Fatalf("%s: records have no field %s", r.name, name)
		}
		properties[name] = all[name]
		delete(unused, name)
	}
	return object{"type": "object", "description": r.words, "properties": properties, "required": required}
}

// recordsSchema returns the JSON Schema of the records.
func recordsSchema(t *testing.T) object {
	w := schemaWriter{t, recordStructs(t)}
	unused := map[string]bool{}
	for _, f := range w.structs["record"] {
		unused[f.name] = f.name != "v" && f.name != "type"
	}
	defs := object{"failure": w.record(failureType, false, unused)}
	var types []object
	for _, r := range recordTypes {
		defs[r.name] = w.record(r, true, unused)
		types = append(types, object{"$ref": "#/$defs/" + r.name})
	}
	for name, is := range unused {
		if is {
			t.Errorf("no type of record has the field %s", name)
		}
	}
	return object{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   "A record of metaflow-cfn --output json", "oneOf": types, "$defs": defs,
	}
}

const recordsHead = `# JSON records

Generated by a test from the types of the program.

With ` + "`--output json`" + `, ` + "`plan`, `deploy`, `watch`, `cancel`, `recover`, `delete`, `verify`, `list` and `configure`" + ` write one JSON object per
line to stdout, and messages for people to stderr. Each line is complete when it is written. The last record, and no other, has the type
` + "`result`" + ` and the exit code. [records.schema.json](records.schema.json) is the JSON Schema of a line (draft 2020-12).

Version 1 can get further types of records and further fields: ignore those that you do not know. A field that is absent is empty, zero or
false. The version changes when a field is removed or changes its meaning. The last line of a successful deployment, shortened:

` + "```json" + `
{"v":1,"type":"result","stack":"metaflow","op":"CREATE","status":"CREATE_COMPLETE","result":"succeeded","exit":0,"outputs":{"BucketName":"metaflow-bucket-1a2b3c4d5e6f"}}
` + "```" + `

The field ` + "`result`" + ` is ` + "`succeeded`, `failed`, `stuck`, `running`, `refused`, `invalid`, `declined`, `credentials-lost` or `unknown`" + `; the
[exit codes](../README.md#exit-codes) are finer.
`

// TestRecordsPage writes docs/records.md and docs/records.schema.json from the types of records.
// GOLDIE_UPDATE=1 accepts changes.
func TestRecordsPage(t *testing.T) {
	schema := recordsSchema(t)
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(schema); err != nil {
		t.Fatal(err)
	}
	goldie.New(t, goldie.WithFixtureDir("../../docs"), goldie.WithNameSuffix(".schema.json")).
		Assert(t, "records", text.Bytes())

	var page strings.Builder
	page.WriteString(recordsHead)
	for _, r := range recordTypes {
		writeRecord(&page, "`"+r.name+"`", schema["$defs"].(object)[r.name].(object))
	}
	writeRecord(&page, "Failures inside a result", schema["$defs"].(object)["failure"].(object))
	goldie.New(t, goldie.WithFixtureDir("../../docs"), goldie.WithNameSuffix(".md")).
		Assert(t, "records", []byte(page.String()))
}

// writeRecord writes the section of a type of record. Fields inside a field have its name before
// theirs.
func writeRecord(page *strings.Builder, title string, schema object) {
	fmt.Fprintf(page, "\n## %s\n\n%s\n\n| field | type | always | contents |\n|---|---|---|---|\n", title, schema["description"])
	writeFields(page, "", schema)
}

func writeFields(page *strings.Builder, parent string, schema object) {
	properties, required := schema["properties"].(object), schema["required"].([]string)
	for _, name := range sortedFields(properties, required) {
		field, always := properties[name].(object), ""
		if slices.Contains(required, name) {
			always = "yes"
		}
		kind, inside := kindOf(field)
		fmt.Fprintf(page, "| `%s%s` | %s | %s | %s |\n", parent, name, kind, always, field["description"])
		if inside != nil {
			writeFields(page, parent+name+".", inside)
		}
	}
}

// sortedFields returns the names of fields: those that are always there first.
func sortedFields(properties object, required []string) []string {
	var others []string
	for name := range properties {
		if !slices.Contains(required, name) {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	return slices.Concat(required, others)
}

// kindOf returns the type of a field in words, and the schema of the fields inside it, if any.
func kindOf(field object) (words string, inside object) {
	switch {
	case field["const"] == 1:
		return "integer, 1", nil
	case field["const"] != nil:
		return fmt.Sprintf("string, `%v`", field["const"]), nil
	case field["$ref"] != nil:
		return "[failure](#failures-inside-a-result)", nil
	case field["items"] != nil:
		words, inside = kindOf(field["items"].(object))
		return "list, each: " + words, inside
	case field["additionalProperties"] != nil:
		words, _ = kindOf(field["additionalProperties"].(object))
		return "object, each value: " + words, nil
	case field["properties"] != nil:
		return "object", field
	}
	return field["type"].(string), nil
}
