package metaflowconfig

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	queue  = "METAFLOW_BATCH_JOB_QUEUE"
	bucket = "METAFLOW_DATASTORE_SYSROOT_S3"
	store  = "METAFLOW_DEFAULT_DATASTORE"
	runs   = "METAFLOW_DEFAULT_METADATA"
	url    = "METAFLOW_SERVICE_URL"
	secret = "METAFLOW_SERVICE_AUTH_KEY"
)

// The parts of a core stack, of a second one with a queue of its own, and of a metadata
// service.
var (
	core = Part{"metaflow", map[string]string{
		queue: "one", bucket: "s3://one/flows", store: "s3", runs: "local",
	}, []string{runs}}
	gpu = Part{"metaflow-gpu", map[string]string{
		queue: "two", bucket: "s3://one/flows", store: "s3", runs: "local",
	}, []string{runs}}
	service = Part{"metaflow-service", map[string]string{
		runs: "service", url: "http://one", secret: "hidden",
	}, nil}
)

func TestApply(t *testing.T) {
	others := map[string]string{
		queue: "other", bucket: "s3://other", store: "s3", runs: "service", url: "http://one",
	}
	for _, test := range []struct {
		name   string
		source string // the report that the row answers
		old    map[string]string
		change Change
		want   map[string]string
		left   []string // key: reason
	}{
		{
			name: "a core stack", change: Change{Parts: []Part{core}}, want: core.Values,
		},
		{
			name: "other keys stay", source: "Netflix/metaflow configure_cmd.py:887-904 drops them",
			old:    map[string]string{"METAFLOW_S3_SERVER_SIDE_ENCRYPTION": "AES256"},
			change: Change{Parts: []Part{service}},
			want: map[string]string{
				"METAFLOW_S3_SERVER_SIDE_ENCRYPTION": "AES256",
				runs:                                 "service", url: "http://one", secret: "hidden",
			},
		},
		{
			name: "the service in the file stays", source: "services.md, Client keys: runs vanish",
			old: map[string]string{runs: "service", url: "http://one"},
			change: Change{Parts: []Part{
				{"metaflow", map[string]string{runs: "local", queue: "one"}, []string{runs}},
			}},
			want: map[string]string{runs: "service", url: "http://one", queue: "one"},
			left: []string{runs + ": it is service; local is only the default of stack metaflow"},
		},
		{
			name:   "a stack's own value replaces the file's",
			old:    map[string]string{runs: "service"},
			change: Change{Parts: []Part{{"metaflow", map[string]string{runs: "local"}, nil}}},
			want:   map[string]string{runs: "local"},
		},
		{
			name:   "a service replaces a default",
			change: Change{Parts: []Part{core, service}},
			want:   merge(core.Values, service.Values),
		},
		{
			name: "a service replaces a default, first", change: Change{Parts: []Part{service, core}},
			want: merge(core.Values, service.Values),
		},
		{
			name:   "a setting over a stack, a default and the file",
			old:    map[string]string{runs: "service"},
			change: Change{Parts: []Part{core}, Settings: map[string]string{queue: "mine", runs: "local"}},
			want:   merge(core.Values, map[string]string{queue: "mine"}),
		},
		{
			name: "an empty setting removes", source: "terraform-aws-metaflow#53: an empty SERVICE_URL",
			old:    map[string]string{url: "http://one", queue: "one"},
			change: Change{Settings: map[string]string{url: ""}},
			want:   map[string]string{queue: "one"},
		},
		{
			name: "a setting decides a conflict",
			change: Change{
				Parts: []Part{core, gpu}, Settings: map[string]string{queue: "two"},
			},
			want: gpu.Values,
		},
		{
			name: "a stack is taken out", source: "found in use: the file points to a deleted queue",
			old:    merge(core.Values, map[string]string{"MINE": "1"}),
			change: Change{Parts: []Part{core}, Remove: true},
			want:   map[string]string{"MINE": "1"},
		},
		{
			name:   "what is another's stays, and what it needs",
			old:    others,
			change: Change{Parts: []Part{core}, Remove: true},
			want:   others,
			left: []string{
				queue + ": it is other, which stack metaflow does not feed",
				bucket + ": it is s3://other, which stack metaflow does not feed",
				store + ": " + bucket + " needs it and stays",
				runs + ": it is service, which stack metaflow does not feed",
			},
		},
		{
			name:   "a service is taken out: runs are local again",
			old:    merge(core.Values, service.Values),
			change: Change{Parts: []Part{service}, Remove: true},
			want:   map[string]string{queue: "one", bucket: "s3://one/flows", store: "s3"},
		},
		{
			name:   "a service whose address is another's stays, and its key is not shown",
			old:    map[string]string{runs: "service", url: "http://two", secret: "other"},
			change: Change{Parts: []Part{service}, Remove: true},
			want:   map[string]string{runs: "service", url: "http://two", secret: "other"},
			left: []string{
				runs + ": " + url + " needs it and stays",
				secret + ": it is a value of its own, which stack metaflow-service does not feed",
				url + ": it is http://two, which stack metaflow-service does not feed",
			},
		},
		{
			name: "several stacks are taken out", old: gpu.Values,
			change: Change{Parts: []Part{core, gpu}, Remove: true}, want: map[string]string{},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, err := encode(test.old)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "config.json")
			if test.old == nil {
				text = nil
			} else if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := test.change.Check(); err != nil {
				t.Error(err)
			}
			r, err := Apply(path, test.change)
			if err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, l := range r.Left {
				left = append(left, l.Key+": "+l.Reason)
			}
			slices.Sort(test.left)
			slices.Sort(left)
			if !slices.Equal(left, test.left) {
				t.Errorf("left are %q, want %q", left, test.left)
			}
			now, _ := os.ReadFile(path)
			got, err := parse(now)
			if err != nil {
				t.Fatal(err)
			}
			holds(t, got, test.want)
			checkKeys(t, r, test.old, test.want)
			again, err := Apply(path, test.change)
			if err != nil || again.Changed() || again.Backup != "" {
				t.Errorf("once more: %+v, %v", again, err)
			}
		})
	}
}

func merge(parts ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range parts {
		maps.Copy(all, m)
	}
	return all
}

func holds(t *testing.T, got map[string]any, want map[string]string) {
	t.Helper()
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %v, want %s", key, got[key], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("the file holds %v, want %v", got, want)
	}
}

// checkKeys compares the keys of the result with the difference of the contents.
func checkKeys(t *testing.T, r Result, before, after map[string]string) {
	t.Helper()
	var set, removed []string
	for key, value := range after {
		if before[key] != value {
			set = append(set, key)
		}
	}
	for key := range before {
		if _, stays := after[key]; !stays {
			removed = append(removed, key)
		}
	}
	slices.Sort(set)
	slices.Sort(removed)
	if !slices.Equal(r.Set, set) || !slices.Equal(r.Removed, removed) {
		t.Errorf("set %q and removed %q, want %q and %q", r.Set, r.Removed, set, removed)
	}
	if changes := len(set)+len(removed) > 0; (r.Backup != "") != (changes && before != nil) {
		t.Errorf("the backup is %q", r.Backup)
	}
}

// TestConflicts names each key with both stacks and both values, unless one is a default
// or the value is a secret.
func TestConflicts(t *testing.T) {
	other := Part{"other", map[string]string{runs: "service", url: "http://two", secret: "x"}, nil}
	for name, test := range map[string]struct {
		change Change
		want   string
	}{
		"two queues": {Change{Parts: []Part{core, gpu}},
			queue + ": stack metaflow has one, stack metaflow-gpu has two"},
		"two services": {Change{Parts: []Part{core, service, other}},
			secret + ": stack metaflow-service has a value of its own, " +
				"stack other has a value of its own\n" +
				url + ": stack metaflow-service has http://one, stack other has http://two"},
		"to be removed": {Change{Parts: []Part{core, gpu}, Remove: true}, ""},
		"two defaults": {Change{Parts: []Part{core, {"a", map[string]string{runs: "b"}, []string{runs}}}},
			runs + ": stack metaflow has local, stack a has b"},
	} {
		got := ""
		if err := test.change.Check(); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// TestUnchanged leaves a file alone, byte for byte, that holds the values already; and
// makes neither file nor folder to remove something from it.
func TestUnchanged(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.json")
	const text = `{"METAFLOW_BATCH_JOB_QUEUE":"one"}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Apply(path, Change{Settings: map[string]string{queue: "one", url: ""}}); err != nil {
		t.Fatal(err)
	}
	if now, err := os.ReadFile(path); err != nil || string(now) != text {
		t.Errorf("the file is %q (%v)", now, err)
	}
	absent := filepath.Join(dir, "absent", "config.json")
	r, err := Apply(absent, Change{Parts: []Part{core}, Remove: true})
	if err != nil || r.Changed() {
		t.Errorf("%+v, %v", r, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v (%v)", entries, err)
	}
}

// TestPreview shows what would be put in, and out, also where the file is broken.
func TestPreview(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.json")
	for name, test := range map[string]struct {
		text   string
		change Change
		want   map[string]string
	}{
		"a service stays": {`{"METAFLOW_DEFAULT_METADATA": "service"}`,
			Change{Parts: []Part{core}},
			map[string]string{queue: "one", bucket: "s3://one/flows", store: "s3"}},
		"a broken file": {`{`, Change{Parts: []Part{core}}, core.Values},
		"what is taken": {`{"METAFLOW_BATCH_JOB_QUEUE": "one"}`,
			Change{Parts: []Part{core}, Remove: true}, map[string]string{queue: "one"}},
		"an empty setting": {`{}`,
			Change{Parts: []Part{core}, Settings: map[string]string{queue: ""}},
			map[string]string{bucket: "s3://one/flows", store: "s3", runs: "local"}},
	} {
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := Preview(path, test.change).Part; !maps.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != test.text {
			t.Errorf("%s: the file is %q (%v)", name, now, err)
		}
	}
}

func TestSettings(t *testing.T) {
	for _, test := range []struct{ words, want string }{
		{"METAFLOW_BATCH_JOB_QUEUE=a=b METAFLOW_SERVICE_URL= METAFLOW_OURS_ALONE=1", ""},
		{`METAFLOW_BATCH_DEFAULT_TAGS={"team":"ml"} METAFLOW_SERVICE_HEADERS=`, ""},
		{"METAFLOW_BATCH_JOB_QUEU=a",
			`key "METAFLOW_BATCH_JOB_QUEU" is unknown: did you mean METAFLOW_BATCH_JOB_QUEUE?`},
		{"metaflow_service_url=a",
			`key "metaflow_service_url" is unknown: did you mean METAFLOW_SERVICE_URL?`},
		{"METAFLOW-SERVICE-URL=a",
			`key "METAFLOW-SERVICE-URL" is unknown: did you mean METAFLOW_SERVICE_URL?`},
		{"SERVICE_URL=a", `key "SERVICE_URL" is unknown: did you mean METAFLOW_SERVICE_URL?`},
		{"AWS_DEFAULT_REGION=a",
			`"AWS_DEFAULT_REGION" is not a key of Metaflow's, like METAFLOW_DEFAULT_METADATA`},
		{"=a", `"" is not a key of Metaflow's, like METAFLOW_DEFAULT_METADATA`},
		{"METAFLOW_=a", `"METAFLOW_" is not a key of Metaflow's, like METAFLOW_DEFAULT_METADATA`},
		{"METAFLOW_SERVICE_URL",
			`"METAFLOW_SERVICE_URL" is not KEY=VALUE, like METAFLOW_DEFAULT_METADATA=local`},
		{"METAFLOW_PROFILE=a",
			"key METAFLOW_PROFILE is read from the environment alone: export METAFLOW_PROFILE"},
		{"METAFLOW_UI_URL=a METAFLOW_UI_URL=a", "key METAFLOW_UI_URL is given twice; keep one"},
		{"METAFLOW_UI_URL=a\r", "the value of METAFLOW_UI_URL begins or ends with white space"},
		{"METAFLOW_UI_URL=\xff", "the value of METAFLOW_UI_URL is not text in UTF-8"},
		{"METAFLOW_BATCH_DEFAULT_TAGS=team=ml",
			`the value of METAFLOW_BATCH_DEFAULT_TAGS is not a JSON object, like {"name": "value"}`},
		{"METAFLOW_SERVICE_HEADERS=null",
			`the value of METAFLOW_SERVICE_HEADERS is not a JSON object, like {"name": "value"}`},
	} {
		var got []string
		settings, errs := Settings(strings.Split(test.words, " "))
		for _, err := range errs {
			got = append(got, err.Error())
		}
		if strings.Join(got, "\n") != test.want {
			t.Errorf("%s: got %q, want %q", test.words, got, test.want)
		}
		if test.want == "" && len(settings) == 0 {
			t.Errorf("%s: nothing is set", test.words)
		}
	}
	if !Known(queue) || Known("METAFLOW_OURS_ALONE") {
		t.Error("the known keys are not those of Metaflow's client")
	}
}

// TestExport quotes what a POSIX shell would read as anything but a word.
func TestExport(t *testing.T) {
	for value, want := range map[string]string{
		"us-east-1": "export A=us-east-1\n", "": "export A=''\n", "$(rm x)": "export A='$(rm x)'\n",
		"a b": "export A='a b'\n", "it's": `export A='it'\''s'` + "\n", "a\nb": "export A='a\nb'\n",
	} {
		if got := Export("A", value); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
