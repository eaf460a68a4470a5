package cfn

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Set gives properties by path where a goformation field cannot hold the value:
// a function in an integer, a boolean, an object or a list, as in
// "ComputeResources.MaxvCpus" or "BlockDeviceMappings[0].Ebs.VolumeSize".
// A path to a property that the type does not have is an error. A property that is
// newer than goformation's schema is written with a plus: "+ScalingPolicy"; the
// plus is an error where goformation has the property.
type Set map[string]any

// properties returns the properties of a typed resource as a tree, with set applied
// to it.
func properties(typed Typed, set Set) (map[string]any, error) {
	tree, err := decode(typed)
	if err != nil {
		return nil, err
	}
	resource, _ := tree.(map[string]any)
	props, _ := resource["Properties"].(map[string]any)
	for _, key := range sortedKeys(resource) {
		if key != "Type" && key != "Properties" {
			return nil, fmt.Errorf("%s must be set in the Resource, not in the typed struct", key)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(set)) {
		steps, err := parsePath(reflect.TypeOf(typed), path)
		if err != nil {
			return nil, err
		}
		value, err := decode(set[path])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if _, err := setAt(props, steps, value); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return props, nil
}

// pathStep matches a property, newer where it has a plus, and the position of an
// item of it.
var pathStep = regexp.MustCompile(`^(\+?)([^\[\]]+)(?:\[([0-9]+)\])?$`)

// parsePath splits a path into property names (string) and list positions
// (int), following the Go type for as long as it says anything.
func parsePath(typ reflect.Type, path string) ([]any, error) {
	var steps []any
	for part := range strings.SplitSeq(path, ".") {
		m := pathStep.FindStringSubmatch(part)
		if m == nil {
			return nil, fmt.Errorf("%s: %q does not look like a property: Tags or Tags[0]", path, part)
		}
		newer, name, index := m[1] != "", m[2], m[3]
		field, known := property(typ, name)
		switch {
		case newer && known:
			return nil, fmt.Errorf("%s: goformation has %s: write it without the plus", path, name)
		case !newer && !known:
			return nil, fmt.Errorf("%s: %s has no property %s", path, pointee(typ).Name(), name)
		}
		steps, typ = append(steps, name), field
		if index == "" {
			continue
		}
		i, err := strconv.Atoi(index)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is not a list position", path, index)
		}
		switch typ = pointee(typ); {
		case typ == nil || typ.Kind() == reflect.Interface:
			typ = nil
		case typ.Kind() == reflect.Slice:
			typ = typ.Elem()
		default:
			return nil, fmt.Errorf("%s: %s is not a list", path, name)
		}
		steps = append(steps, i)
	}
	return steps, nil
}

// property returns the type of a property by its JSON name. The type is nil below
// maps, free-form values and properties that goformation does not have, which take
// any name.
func property(typ reflect.Type, name string) (reflect.Type, bool) {
	typ = pointee(typ)
	if typ == nil || typ.Kind() == reflect.Map || typ.Kind() == reflect.Interface {
		return nil, true
	}
	if typ.Kind() != reflect.Struct {
		return nil, false
	}
	for field := range typ.Fields() {
		if tag, _, _ := strings.Cut(field.Tag.Get("json"), ","); tag == name && tag != "-" {
			return field.Type, true
		}
	}
	return nil, false
}

func pointee(typ reflect.Type) reflect.Type {
	if typ != nil && typ.Kind() == reflect.Pointer {
		return typ.Elem()
	}
	return typ
}

// setAt sets the value at the end of the steps. It adds the maps, and the next item
// of a list, that are missing on the way.
func setAt(node any, steps []any, value any) (any, error) {
	if len(steps) == 0 {
		return value, nil
	}
	var err error
	switch step := steps[0].(type) {
	case string:
		m, ok := node.(map[string]any)
		if _, _, function := call(node); function || !ok && node != nil {
			return nil, fmt.Errorf("%s is below something that is not an object", step)
		}
		if m == nil {
			m = map[string]any{}
		}
		m[step], err = setAt(m[step], steps[1:], value)
		return m, err
	case int:
		list, ok := node.([]any)
		if !ok && node != nil {
			return nil, fmt.Errorf("item %d is below something that is not a list", step)
		}
		if step > len(list) {
			return nil, fmt.Errorf("position %d is beyond a list of %d", step, len(list))
		}
		if step == len(list) {
			list = append(list, nil)
		}
		list[step], err = setAt(list[step], steps[1:], value)
		return list, err
	}
	return nil, fmt.Errorf("%v is neither a property nor a position", steps[0])
}
