package cfn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// decode turns a Go value into the tree that the package works on: maps, lists,
// strings, numbers and booleans in which functions are maps of one entry.
func decode(v any) (any, error) {
	if s, ok := v.(string); ok {
		return unmark(s)
	}
	data, err := marshal(v)
	if err != nil {
		return nil, err
	}
	tree, err := parse(data)
	if err != nil {
		return nil, err
	}
	return unmark(tree)
}

func parse(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var tree any
	err := dec.Decode(&tree)
	return tree, err
}

// unmark replaces marked strings by the functions they hold.
func unmark(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case string:
		if fn, ok := strings.CutPrefix(v, mark); ok {
			return parse([]byte(fn))
		}
		if strings.HasPrefix(v, listMark) {
			return nil, fmt.Errorf("a list function is beside other items: %q", v[1:])
		}
	case []any:
		if fn, ok := listFunction(v); ok {
			return parse([]byte(fn))
		}
		for i := range v {
			if v[i], err = unmark(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for k := range v {
			if v[k], err = unmark(v[k]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// unmarked returns the tree of an expression or a value of strings.
func unmarked(v any) any {
	tree, err := decode(v)
	if err != nil {
		panic("cfn: " + err.Error()) // only strings of function and plain ones come here
	}
	return tree
}

// listFunction returns the function that List has put in place of a list.
func listFunction[T any](items []T) (string, bool) {
	if len(items) != 1 {
		return "", false
	}
	s, _ := any(items[0]).(string)
	return strings.CutPrefix(s, listMark)
}

func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}

// compact returns the JSON of a tree, which cannot fail.
func compact(tree any) []byte {
	data, err := marshal(tree)
	if err != nil {
		panic(fmt.Sprintf("cfn: %v", err))
	}
	return data
}
