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
// A path that names no property of the type is an error. A property that is
// newer than goformation's schema is written with a plus: "+ScalingPolicy"; the
// plus is an error where goformation knows the property.
type Set map[string]any

// properties is the tree of a typed resource's properties, with set laid over it.
func properties(typed Typed, set Set) (map[string]any, error) {
	tree, err := decode(typed)
	if err != nil {
		return nil, err
	}
	resource, _ := tree.(map[string]any)
	props, _ := resource["Properties"].(map[string]any)
	for _, key := range sortedKeys(resource) {
		if key != "Type" && key != "Properties" {
			return nil, fmt.Errorf("%s belongs into the Resource, not into the typed struct", key)
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

// pathStep is a property, new where it has a plus, and the position of an item of it.
var pathStep = regexp.MustCompile(`^(\+?)([^\[\]]+)(?:\[([0-9]+)\])?$`)

// parsePath splits a path into property names (string) and list positions
// (int), following the Go type for as long as it says anything.
func parsePath(typ reflect.Type, path string) ([]any, error) {
	var steps []any
	for part := range strings.SplitSeq(path, ".") {
		m := pathStep.FindStringSubmatch(part)
		if m == nil {
			return nil, fmt.Errorf("%s: %q is no property like Tags or Tags[0]", path, part)
		}
		newer, name, index := m[1] != "", m[2], m[3]
		field, known := property(typ, name)
		switch {
		case newer && known:
			return nil, fmt.Errorf("%s: goformation knows %s: write it without the plus", path, name)
		case !newer && !known:
			return nil, fmt.Errorf("%s: %s has no property %s", path, typeName(typ), name)
		}
		steps, typ = append(steps, name), field
		if index == "" {
			continue
		}
		i, err := strconv.Atoi(index)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no list position", path, index)
		}
		switch typ = pointee(typ); {
		case typ == nil || typ.Kind() == reflect.Interface:
			typ = nil
		case typ.Kind() == reflect.Slice:
			typ = typ.Elem()
		default:
			return nil, fmt.Errorf("%s: %s is no list", path, name)
		}
		steps = append(steps, i)
	}
	return steps, nil
}

// property finds the type of a property by its JSON name. Of maps, free-form
// values and properties unknown to goformation nothing is known below.
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

func typeName(typ reflect.Type) string { return pointee(typ).Name() }

// setAt puts value at the place that steps lead to, making maps and the next item
// of a list on the way.
func setAt(node any, steps []any, value any) (any, error) {
	if len(steps) == 0 {
		return value, nil
	}
	var err error
	switch step := steps[0].(type) {
	case string:
		m, ok := node.(map[string]any)
		if _, _, function := call(node); function || !ok && node != nil {
			return nil, fmt.Errorf("%s is asked for where no object stands", step)
		}
		if m == nil {
			m = map[string]any{}
		}
		m[step], err = setAt(m[step], steps[1:], value)
		return m, err
	case int:
		list, ok := node.([]any)
		if !ok && node != nil {
			return nil, fmt.Errorf("item %d is asked for where no list stands", step)
		}
		if step > len(list) {
			return nil, fmt.Errorf("position %d of a list of %d", step, len(list))
		}
		if step == len(list) {
			list = append(list, nil)
		}
		list[step], err = setAt(list[step], steps[1:], value)
		return list, err
	}
	return nil, fmt.Errorf("no step: %v", steps[0])
}
