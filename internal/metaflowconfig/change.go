package metaflowconfig

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Part is what one stack feeds.
type Part struct {
	Stack    string
	Values   map[string]string
	Defaults []string // keys whose value gives way to one of another stack or of the file
}

// Change is what is to become of a configuration file.
type Change struct {
	Parts    []Part
	Remove   bool              // take the values of the parts out of the file
	Settings map[string]string // over those of the parts; an empty value removes the key
}

// Result is what a change does to a file.
type Result struct {
	Path    string   `json:"path"`             // Path of the configuration file.
	Backup  string   `json:"backup,omitempty"` // Path of the copy of the file before the change.
	Set     []string `json:"set"`              // Keys that have another value than before.
	Removed []string `json:"removed"`          // Keys that were removed.
	Left    []Left   `json:"left"`             // Keys that keep their value although a stack has another one.

	Part   map[string]string `json:"-"` // what the change puts in, or takes out
	Config map[string]string `json:"-"` // the strings of the file after the change
}

// Left is a key that keeps its value although a stack feeds it, or fed it.
type Left struct {
	Key    string `json:"key"`    // Key of the configuration.
	Reason string `json:"reason"` // Reason why the value stays.
}

// Changed reports whether the file gets another content.
func (r Result) Changed() bool { return len(r.Set)+len(r.Removed) > 0 }

// fed is a value with the stack that feeds it.
type fed struct {
	value, stack string
	isDefault    bool
}

// needs are the values that name a service and the key without which Metaflow does not
// find it. Such a value stays in the file as long as the key does.
var needs = map[string]struct{ value, key string }{
	"METAFLOW_DEFAULT_DATASTORE": {"s3", "METAFLOW_DATASTORE_SYSROOT_S3"},
	"METAFLOW_DEFAULT_METADATA":  {"service", "METAFLOW_SERVICE_URL"},
}

// Check returns an error that names each key for which two stacks feed different
// values, neither of them a default, and that no setting decides.
func (c Change) Check() error {
	_, errs := c.combined()
	return errors.Join(errs...)
}

// combined returns the value of each key that the parts feed, and the conflicts.
func (c Change) combined() (map[string]fed, []error) {
	all := map[string]fed{}
	var conflicts []error
	for _, p := range c.Parts {
		for _, key := range slices.Sorted(maps.Keys(p.Values)) {
			next := fed{p.Values[key], p.Stack, slices.Contains(p.Defaults, key)}
			had, twice := all[key]
			_, decided := c.Settings[key]
			switch {
			case !twice || had.isDefault && !next.isDefault:
				all[key] = next
			case had.value == next.value || next.isDefault != had.isDefault || decided || c.Remove:
			default:
				conflicts = append(conflicts, fmt.Errorf("%s: stack %s has %s, stack %s has %s",
					key, had.stack, shown(key, had.value), next.stack, shown(key, next.value)))
			}
		}
	}
	return all, conflicts
}

// apply returns the content of a file after the change.
func (c Change) apply(old []byte) ([]byte, Result, error) {
	r := Result{
		Set: []string{}, Removed: []string{}, Left: []Left{},
		Part: map[string]string{}, Config: map[string]string{},
	}
	all, err := parse(old)
	if err != nil {
		return nil, r, err
	}
	before := maps.Clone(all)
	if c.Remove {
		c.takeOut(all, &r)
	} else {
		c.putIn(all, &r)
	}
	for key, value := range c.Settings {
		if value == "" {
			delete(all, key)
			delete(r.Part, key)
			continue
		}
		all[key], r.Part[key] = value, value
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		text, isText := all[key].(string)
		if isText {
			r.Config[key] = text
		}
		if had, ok := before[key].(string); isText && (!ok || had != text) {
			r.Set = append(r.Set, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if _, stays := all[key]; !stays {
			r.Removed = append(r.Removed, key)
		}
	}
	r.Left = slices.DeleteFunc(r.Left, func(l Left) bool {
		_, decided := c.Settings[l.Key]
		return decided
	})
	if !r.Changed() {
		return old, r, nil
	}
	text, err := encode(all)
	return text, r, err
}

// putIn sets the values of the parts. A default does not replace a value.
func (c Change) putIn(all map[string]any, r *Result) {
	values, _ := c.combined()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		f := values[key]
		had, _ := all[key].(string)
		if f.isDefault && had != "" && had != f.value {
			r.Left = append(r.Left, Left{key, fmt.Sprintf("it is %s; %s is only the default of stack %s",
				shown(key, had), shown(key, f.value), f.stack)})
			continue
		}
		all[key], r.Part[key] = f.value, f.value
	}
}

// takeOut deletes the keys that hold what a part feeds.
func (c Change) takeOut(all map[string]any, r *Result) {
	feeders := map[string][]string{}
	for _, p := range c.Parts {
		for key, value := range p.Values {
			feeders[key] = append(feeders[key], p.Stack)
			if all[key] == value {
				delete(all, key)
				r.Part[key] = value
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(feeders)) {
		need := needs[key]
		value, taken := r.Part[key]
		_, needed := all[need.key]
		switch had := all[key]; {
		case taken && value == need.value && needed:
			all[key] = value
			delete(r.Part, key)
			r.Left = append(r.Left, Left{key, need.key + " needs it and stays"})
		case had != nil:
			r.Left = append(r.Left, Left{key, fmt.Sprintf("it is %s, which stack %s does not feed",
				shown(key, fmt.Sprint(had)), strings.Join(feeders[key], " and stack "))})
		}
	}
}
