package cfn

import (
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// references yields every reference among the functions of a tree.
func references(tree any) iter.Seq[reference] {
	return func(yield func(reference) bool) { visitor(yield).visit(tree) }
}

// visitor takes references until it returns false, as do its methods.
type visitor func(reference) bool

func (yield visitor) visit(v any) bool {
	if name, arg, ok := call(v); ok {
		return yield.call(name, arg)
	}
	switch v := v.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			if !yield.visit(v[key]) {
				return false
			}
		}
	case []any:
		for _, item := range v {
			if !yield.visit(item) {
				return false
			}
		}
	}
	return true
}

func (yield visitor) call(name string, arg any) bool {
	list, _ := arg.([]any)
	text, _ := arg.(string)
	if len(list) > 0 && text == "" {
		text, _ = list[0].(string)
	}
	switch name {
	case "Ref":
		return yield(reference{kindValue, text})
	case "Condition":
		return yield(reference{kindCondition, text})
	case "Fn::GetAtt":
		return yield(reference{kindResource, text})
	case "Fn::If":
		return yield(reference{kindCondition, text}) && yield.visit(list[1:])
	case "Fn::FindInMap":
		return yield(reference{kindMapping, text}) && yield.visit(list[1:])
	case "Fn::Sub":
		return yield.sub(text, list)
	}
	return yield.visit(arg)
}

// place matches ${Name} and ${Name.Attribute} in the text of Fn::Sub; ${!Name} is a
// literal.
var place = regexp.MustCompile(`\$\{([^!{}][^{}]*)\}`)

func (yield visitor) sub(text string, list []any) bool {
	var vars map[string]any
	if len(list) > 1 {
		vars, _ = list[1].(map[string]any)
	}
	for _, m := range place.FindAllStringSubmatch(text, -1) {
		if _, given := vars[m[1]]; given {
			continue
		}
		name, _, attribute := strings.Cut(m[1], ".")
		kind := kindValue
		if attribute {
			kind = kindResource
		}
		if !yield(reference{kind, name}) {
			return false
		}
	}
	return yield.visit(vars)
}

// Users returns the logical IDs of the resources whose properties refer to a
// parameter or a resource by Ref or Fn::Sub.
func (t *Template) Users(name string) []string {
	var ids []string
	for _, r := range t.Resources {
		for ref := range references(r.Properties) {
			if ref == (reference{kindValue, name}) {
				ids = append(ids, r.ID)
				break
			}
		}
	}
	return ids
}

// Sources returns the parameters that the value of a property comes from, by Ref or Fn::Sub
// directly, in the order of their use. The path is that of a property or of a part of one, like
// ComputeResources.MaxvCpus or Tags.0.Value; a part that the template computes as a whole has
// the sources of the whole. Conditions are not sources.
func (t *Template) Sources(logicalID, path string) []string {
	var names []string
	for _, r := range t.Resources {
		if r.ID != logicalID {
			continue
		}
		for ref := range references(part(r.Properties, strings.Split(path, "."))) {
			if ref.kind == kindValue && t.isParameter(ref.name) && !slices.Contains(names, ref.name) {
				names = append(names, ref.name)
			}
		}
	}
	return names
}

func (t *Template) isParameter(name string) bool {
	return slices.ContainsFunc(t.Parameters, func(p Parameter) bool { return p.ID == name })
}

// part returns what is at a path in a tree, or the function on the way to it. It is nil when
// there is nothing.
func part(tree any, path []string) any {
	for _, step := range path {
		if _, _, ok := call(tree); ok {
			return tree
		}
		switch v := tree.(type) {
		case map[string]any:
			tree = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			tree = v[i]
		default:
			return nil
		}
	}
	return tree
}

// Names yields the parameters and resources that the functions of a tree refer to, each as often
// as it is named.
func Names(tree any) iter.Seq[string] {
	return func(yield func(string) bool) {
		for ref := range references(tree) {
			if ref.kind != kindCondition && ref.kind != kindMapping && !yield(ref.name) {
				return
			}
		}
	}
}
