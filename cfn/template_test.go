package cfn_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
)

func TestUsers(t *testing.T) {
	for name, want := range map[string][]string{
		"Vpc": {"Subnet"}, "Range": {"Vpc"}, "Size": {"Subnet"}, "Public": nil, "Nothing": nil,
	} {
		if got := sample().Users(name); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestWithDefaults(t *testing.T) {
	template := sample()
	with, err := template.WithDefaults(map[string]string{"Size": "3", "Zones": "c"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := *with.Parameters[2].Default+*with.Parameters[3].Default, "3c"; got != want {
		t.Errorf("defaults are %s, want %s", got, want)
	}
	if *template.Parameters[2].Default != "2" {
		t.Error("the template itself has changed")
	}
	a, errA := template.Resolve(map[string]string{"Size": "3", "Zones": "c"})
	b, errB := with.Resolve(nil)
	if err := errors.Join(errA, errB); err != nil || !reflect.DeepEqual(a.Resources, b.Resources) {
		t.Errorf("%v; defaults and values lead to %v and %v", err, a, b)
	}
	if _, err := template.WithDefaults(map[string]string{"size": "3"}); err == nil ||
		err.Error() != "size is not a parameter of the template" {
		t.Errorf("got %v for an unknown name", err)
	}
}
