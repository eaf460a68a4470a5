package evaluate

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// decode reads JSON, or YAML with short-form functions.
func decode(body string) (map[string]any, error) {
	var root any
	if json.Valid([]byte(body)) {
		if err := json.Unmarshal([]byte(body), &root); err != nil {
			return nil, err
		}
	} else {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(body), &doc); err != nil {
			return nil, fmt.Errorf("YAML not well-formed. (%s)", strings.TrimPrefix(err.Error(), "yaml: "))
		}
		if len(doc.Content) == 1 {
			root = plain(doc.Content[0])
		}
	}
	m, ok := root.(map[string]any)
	if !ok {
		return nil, errors.New("unsupported structure")
	}
	return m, noNulls(m, "")
}

// noNulls refuses null values, which CloudFormation does not allow.
func noNulls(v any, path string) error {
	switch v := v.(type) {
	case nil:
		return fmt.Errorf("[%s] 'null' values are not allowed in templates", path)
	case []any:
		for i, item := range v {
			if err := noNulls(item, fmt.Sprintf("%s/%d", path, i)); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if err := noNulls(v[key], path+"/"+key); err != nil {
				return err
			}
		}
	}
	return nil
}

// plain turns a YAML node into what JSON would give; scalars other than Booleans and numbers stay
// text, dates too.
func plain(n *yaml.Node) any {
	var v any
	switch n.Kind {
	case yaml.AliasNode:
		return plain(n.Alias)
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		v = m
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, plain(item))
		}
		v = list
	default:
		v = scalar(n)
	}
	switch tag := n.Tag; {
	case tag == "!Ref", tag == "!Condition":
		return map[string]any{tag[1:]: v}
	case tag == "!GetAtt":
		name, attribute := getAttArgs(v)
		return map[string]any{"Fn::GetAtt": []any{name, attribute}}
	case strings.HasPrefix(tag, "!") && !strings.HasPrefix(tag, "!!"):
		return map[string]any{"Fn::" + tag[1:]: v}
	}
	return v
}

// scalar returns the value of a YAML scalar.
func scalar(n *yaml.Node) any {
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		var f float64
		if json.Unmarshal([]byte(n.Value), &f) == nil {
			return f
		}
	}
	return n.Value
}
