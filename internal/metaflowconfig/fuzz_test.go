package metaflowconfig

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzMerge merges our keys into any file: it is refused, or every other key
// keeps its value, merging again changes nothing, and removing our keys leaves the rest.
func FuzzMerge(f *testing.F) {
	for _, seed := range []string{
		"", " \n", "{}", "null", "[]", `{"LIMIT": 12345678901234567890}`,
		`{"METAFLOW_DEFAULT_DATASTORE": "local", "OTHER": {"a": [1, 2.50, 1e400]}}`,
		`{} {}`, `{"a": 1, "a": 2}`, "\ufeff{}", `{"\u0000": "\ud800"}`, `{"a": "<&>"`,
		`{"METAFLOW_DEFAULT_DATASTORE": null}`, `{"METAFLOW_DEFAULT_METADATA": "service"}`,
		`{"METAFLOW_DATASTORE_SYSROOT_S3": "s3://other/flows"}`,
	} {
		f.Add([]byte(seed))
	}
	ours := map[string]string{
		"METAFLOW_DEFAULT_DATASTORE": "s3",
		"METAFLOW_BATCH_JOB_QUEUE":   "arn:aws:batch:us-east-1:123456789012:job-queue/a",
	}
	put := Change{Parts: []Part{{Stack: "metaflow", Values: ours}}}
	take := Change{Parts: put.Parts, Remove: true}
	f.Fuzz(func(t *testing.T, old []byte) {
		text, _, err := put.apply(old)
		if err != nil {
			return
		}
		before, after := decode(t, old), decode(t, text)
		for key, value := range ours {
			if after[key] != value {
				t.Errorf("%s is %v", key, after[key])
			}
			delete(before, key)
			delete(after, key)
		}
		if !reflect.DeepEqual(before, after) {
			t.Errorf("%q has become %q", old, text)
		}
		again, r, err := put.apply(text)
		if err != nil || !bytes.Equal(again, text) || r.Changed() {
			t.Errorf("merged again, %q is %q (%v)", text, again, err)
		}
		left, _, err := take.apply(text)
		if err != nil {
			t.Fatal(err)
		}
		after = decode(t, left)
		if _, needed := before["METAFLOW_DATASTORE_SYSROOT_S3"]; needed {
			delete(after, "METAFLOW_DEFAULT_DATASTORE")
		}
		if !reflect.DeepEqual(before, after) {
			t.Errorf("without our keys %q has become %q", old, left)
		}
	})
}

func decode(t *testing.T, text []byte) map[string]any {
	out := map[string]any{}
	if len(bytes.TrimSpace(text)) == 0 {
		return out
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&out); err != nil {
		t.Fatalf("%q was accepted: %v", text, err)
	}
	return out
}
