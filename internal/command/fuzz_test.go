package command

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzVisible gives any text to what writes to people and to programs: nothing
// that steers a terminal gets out, and programs read what was written.
func FuzzVisible(f *testing.F) {
	for _, seed := range []string{
		"plain", "a\x1b[31mred", "\x9b31m", "\u009b31m", "\u202eback", "line\u2028break\r\n\t", "\x00\x7f", strings.Repeat("ä", longest),
		`quote " and \ backslash`, "::error::x", "👩‍💻 é", "AKIAIOSFODNN7EXAMPLE", `aws_secret_access_key = "x"`, `SessionToken\":\"x`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		shown := visible(text)
		if strings.IndexFunc(shown, steers) >= 0 || !utf8.ValidString(shown) || len(shown) > 8*(longest+8) {
			t.Errorf("%q is shown as %q", text, shown)
		}
		for _, width := range []int{1, 20, 80} {
			if c := cut(shown, width); columns(c) > max(width, 1) {
				t.Errorf("%q in %d columns has %d", c, width, columns(c))
			}
		}
		line, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		safe := escapeJSON(line)
		var got, want string
		if json.Unmarshal(safe, &got) != nil || json.Unmarshal(line, &want) != nil || got != want || bytes.IndexFunc(safe, steers) >= 0 {
			t.Errorf("%s is written as %s", line, safe)
		}
		hidden := (&secrets{}).hide(string(safe))
		if json.Unmarshal([]byte(hidden), &got) != nil {
			t.Errorf("%s is no JSON any more without its secrets: %s", safe, hidden)
		}
	})
}

// FuzzConfigured merges our keys into any file: it is refused, or every other key
// keeps its value, and merging again changes nothing.
func FuzzConfigured(f *testing.F) {
	for _, seed := range []string{
		"", " \n", "{}", "null", "[]", `{"METAFLOW_DEFAULT_DATASTORE": "local", "OTHER": {"a": [1, 2.50, 1e400]}}`, `{"LIMIT": 12345678901234567890}`,
		`{} {}`, `{"a": 1, "a": 2}`, "\ufeff{}", `{"\u0000": "\ud800"}`, `{"a": "<&>"`, `{"METAFLOW_DEFAULT_DATASTORE": null}`,
	} {
		f.Add([]byte(seed))
	}
	ours := map[string]string{"METAFLOW_DEFAULT_DATASTORE": "s3", "METAFLOW_BATCH_JOB_QUEUE": "arn:aws:batch:us-east-1:123456789012:job-queue/a"}
	f.Fuzz(func(t *testing.T, old []byte) {
		text, err := configured(old, ours)
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
		again, err := configured(text, ours)
		if err != nil || !bytes.Equal(again, text) {
			t.Errorf("merged again, %q is %q (%v)", text, again, err)
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
