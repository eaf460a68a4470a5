package cfn_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// bomb is YAML in which each line holds the line before ten times.
func bomb(open, item, closing string) string {
	var b strings.Builder
	b.WriteString("Metadata:\n  a0: &a0 {x: y}\n")
	for i := range 30 {
		items := strings.Repeat(fmt.Sprintf(item, i)+", ", 9) + fmt.Sprintf(item, i)
		fmt.Fprintf(&b, "  a%d: &a%d %s%s%s\n", i+1, i+1, open, items, closing)
	}
	return b.String()
}

// TestReadErrors gives what nobody can have deployed, or what is not worth it.
func TestReadErrors(t *testing.T) {
	var chain strings.Builder
	chain.WriteString("Metadata:\n  a0: &a0 {x0: y}\n")
	for i := range 200 {
		fmt.Fprintf(&chain, "  a%d: &a%d {<<: *a%d, x%d: y}\n", i+1, i+1, i, i+1)
	}
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "is neither JSON nor YAML: it is empty"},
		{"comment", "# nothing\n", "is neither JSON nor YAML: it is empty"},
		{"not YAML", "a: [", "is neither JSON nor YAML: "},
		{"text", "hello", "the template is not a mapping"},
		{"list", "[]", "the template is not a mapping"},
		{"no resources", "Parameters: {}", "the template has no resources"},
		{"empty resources", `{"Resources": {}}`, "the template has no resources"},
		{"resources of nothing", "Resources:\n", "Resources is not a mapping"},
		{"resource of nothing", "Resources: {B: }", "Resources.B is not a mapping"},
		{"parameter of text", "Parameters: {P: x}\nResources: {B: {}}", "Parameters.P is not a mapping"},
		{"properties of text",
			"Resources: {B: {Type: AWS::RDS::DBInstance, Properties: x}}",
			"Resources.B.Properties is not a mapping"},
		{"key that is not text", "Resources: {[B]: {}}", "Resources has a key that is not text"},
		{"resource twice", "Resources: {B: {}, B: {}}", "B"},
		{"resource twice in JSON", `{"Resources": {"B": {}, "B": {}}}`, "Resources: B is given twice"},
		{"policy twice in JSON",
			`{"Resources": {"B": {"DeletionPolicy": "Retain", "DeletionPolicy": "Delete"}}}`,
			"Resources.B: DeletionPolicy is given twice"},
		{"merge of text", "Resources: {<<: x}", "Resources is not a mapping"},
		{"merge of itself",
			"Resources: &r {<<: *r}", "Resources: more than 100 merge keys lead from one to the next"},
		{"list in itself", "Resources: {<<: &l [*l]}", "Resources is not a mapping"},
		{"long chain of merges",
			chain.String() + "Resources: *a200\n", "Resources: more than 100 merge keys"},
		{"merges without end",
			bomb("{<<: [", "*a%d", "]}") + "Resources: *a30\n", "expand to more than 1048576 entries"},
		{"too large", strings.Repeat("#", 1<<20+1), "the template has 1048577 bytes, more than 1048576"},
		{"too many parts", strings.Repeat("[", 1<<19), "has 524288 lines and separators of YAML, more than 150000"},
		{"too deep", strings.Repeat("[", 140_000), "is neither JSON nor YAML: "},
		{"too deep in JSON",
			strings.Repeat("[", 140_000) + strings.Repeat("]", 140_000), "is neither JSON nor YAML: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := cfn.ReadDeployed([]byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %+v and %v, want %s", d, err, test.want)
			}
		})
	}
}

// TestReadBombs reads templates whose aliases would expand to 10^30 items if
// anybody expanded them.
func TestReadBombs(t *testing.T) {
	for name, text := range map[string]string{
		"lists":    bomb("[", "*a%d", "]"),
		"mappings": bomb("{", "k: *a%d, ? [x] : *a0", "}"),
	} {
		text += "Resources: {B: {Type: AWS::S3::Bucket, Properties: {Tags: *a30}}}\n"
		d, err := cfn.ReadDeployed([]byte(text))
		if err != nil || len(d.Resources) != 1 {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
}

// FuzzReadDeployed reads anything. White space in JSON says nothing.
func FuzzReadDeployed(f *testing.F) {
	for _, seed := range []string{
		shortForm, assembled, printed, bomb("[", "*a%d", "]") + "Resources: {B: {A: *a30}}",
		bomb("{<<: [", "*a%d", "]}") + "Resources: *a30", "Resources: &r {<<: *r}", "Transform: [A]",
		"Resources: {B: !Transform {Name: AWS::Include}}", "Parameters: !Transform {}",
		"Resources: {B: {Type: !Ref P, DeletionPolicy: ! Retain}}", "{\"Resources\": {\"B\": {}}}",
		"? [a]\n: b", "- - -",
		"%YAML 1.1\n---\nResources: !<tag:x> {}",
		"Resources: {B: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref {}}}}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := cfn.ReadDeployed(text)
		if err != nil {
			return
		}
		if len(d.Resources) == 0 && !d.Transformed {
			t.Error("no resources, and no error")
		}
		seen := map[string]bool{}
		for _, r := range d.Resources {
			if seen[r.LogicalID] {
				t.Errorf("%s twice", r.LogicalID)
			}
			seen[r.LogicalID] = true
			if got := dispositionsOf(r); got.Deleted == cfn.Kept && got.RolledBack == cfn.Snapshot {
				t.Errorf("%+v: %v", r, got)
			}
		}
		var compact bytes.Buffer
		if json.Compact(&compact, text) == nil {
			if again, err := cfn.ReadDeployed(compact.Bytes()); err != nil || !reflect.DeepEqual(again, d) {
				t.Errorf("compact: %+v, %v, want %+v", again, err, d)
			}
		}
	})
}
