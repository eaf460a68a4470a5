package evaluate

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Given is a parameter of a call: a value, or UsePreviousValue.
type Given struct {
	Name     string
	Value    *string
	Previous bool
}

// Values returns the value of every parameter: given, kept from previous, or the default.
func (t *Template) Values(given []Given, previous map[string]string) (map[string]string, *Error) {
	values, fail := t.givenValues(given, previous)
	if fail != nil {
		return nil, fail
	}
	var missing []string
	for name, def := range t.Definitions {
		if _, ok := values[name]; ok {
			continue
		}
		if d, ok := def["Default"]; ok {
			values[name] = Text(d)
		} else {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		slices.Sort(missing)
		return nil, invalid("Parameters: [%s] must have values", strings.Join(missing, ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(t.Definitions)) {
		if fail := checkParameter(name, values[name], t.Definitions[name]); fail != nil {
			return nil, fail
		}
	}
	return values, nil
}

func (t *Template) givenValues(
	given []Given, previous map[string]string,
) (map[string]string, *Error) {
	values := map[string]string{}
	var unknown []string
	var fail *Error
	for _, g := range given {
		const input = "Invalid input for parameter key %s. "
		const keep = "Cannot specify usePreviousValue as true "
		kept, known := previous[g.Name]
		switch {
		case g.Previous && g.Value != nil:
			fail = invalid(input+keep+"and also specify a parameter value", g.Name)
		case g.Previous && !known:
			fail = invalid(input+keep+"for a parameter key not in the previous template", g.Name)
		case g.Previous:
			values[g.Name] = kept
		case g.Value == nil:
			fail = invalid(input+"Need to specify either usePreviousValue as true or a value for the "+
				"parameter", g.Name)
		default:
			values[g.Name] = *g.Value
		}
		if _, ok := t.Definitions[g.Name]; !ok && !slices.Contains(unknown, g.Name) {
			unknown = append(unknown, g.Name)
		}
	}
	if fail == nil && unknown != nil {
		fail = invalid("Parameters: [%s] do not exist in the template", strings.Join(unknown, ", "))
	}
	return values, fail
}

// checkParameter refuses a value that breaks a constraint. A ConstraintDescription replaces the
// message.
func checkParameter(name, value string, def map[string]any) *Error {
	typ, _ := def["Type"].(string)
	items := []string{value}
	if isList(typ) {
		items = nil
		for item := range strings.SplitSeq(value, ",") {
			items = append(items, strings.TrimSpace(item))
		}
	}
	for _, item := range items {
		reason := parameterProblem(item, typ, def)
		if reason == "" {
			continue
		}
		if description, ok := def["ConstraintDescription"].(string); ok {
			return invalid("Parameter %s failed to satisfy constraint: %s", name, description)
		}
		return invalid("Parameter '%s' %s", name, reason)
	}
	return nil
}

// parameterProblem returns the constraint that a value breaks, in CloudFormation's words, or
// nothing.
func parameterProblem(value, typ string, def map[string]any) string {
	isValue := func(a any) bool { return Text(a) == value }
	if allowed, ok := def["AllowedValues"].([]any); ok && !slices.ContainsFunc(allowed, isValue) {
		return "must be one of AllowedValues"
	}
	if pattern, ok := def["AllowedPattern"].(string); ok {
		if re, err := regexp.Compile("^(?:" + pattern + ")$"); err == nil && !re.MatchString(value) {
			return "must match pattern " + pattern
		}
	}
	bound := func(key string) (float64, bool) {
		v, err := strconv.ParseFloat(Text(def[key]), 64)
		return v, err == nil
	}
	if least, ok := bound("MinLength"); ok && float64(len([]rune(value))) < least {
		return fmt.Sprintf("must contain at least %s characters", Text(least))
	}
	if most, ok := bound("MaxLength"); ok && float64(len([]rune(value))) > most {
		return fmt.Sprintf("must contain at most %s characters", Text(most))
	}
	if typ != "Number" && typ != "List<Number>" {
		return ""
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return "must be a number"
	}
	if least, ok := bound("MinValue"); ok && n < least {
		return fmt.Sprintf("must be a number not less than %s", Text(least))
	}
	if most, ok := bound("MaxValue"); ok && n > most {
		return fmt.Sprintf("must be a number not greater than %s", Text(most))
	}
	return ""
}

func isList(typ string) bool {
	return typ == "CommaDelimitedList" || strings.HasPrefix(typ, "List<")
}

// parameterValues returns the values as Ref gives them: lists are split.
func parameterValues(t *Template, values map[string]string) map[string]any {
	out := map[string]any{}
	for name, value := range values {
		typ, _ := t.Definitions[name]["Type"].(string)
		switch {
		case isList(typ):
			list := []any{}
			for item := range strings.SplitSeq(value, ",") {
				list = append(list, strings.TrimSpace(item))
			}
			out[name] = list
		case strings.HasPrefix(typ, ssmValue):
			out[name] = resolvedSSM(typ, value)
		default:
			out[name] = value
		}
	}
	return out
}

// Resolved returns what a parameter of an SSM type resolves to; empty for other types.
func (d *Deployment) Resolved(name string) string {
	if typ := Text(d.Template.Definitions[name]["Type"]); strings.HasPrefix(typ, ssmValue) {
		return resolvedSSM(typ, d.Parameters[name])
	}
	return ""
}

// ssmValue begins the type of a parameter whose value is the name of an SSM parameter.
const ssmValue = "AWS::SSM::Parameter::Value<"

// resolvedSSM returns what a public parameter might hold.
func resolvedSSM(typ, name string) string {
	if strings.Contains(typ, "AWS::EC2::Image::Id") {
		return "ami-" + hexID(name, 17)
	}
	return "value of " + name
}

// checkRules asserts the Rules section.
func checkRules(sc *Scope) *Error {
	rules := section(sc.template.Root, "Rules")
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		rule := rules[name]
		if when, ok := rule["RuleCondition"]; ok && !sc.truth(when) {
			continue
		}
		assertions, _ := rule["Assertions"].([]any)
		for _, a := range assertions {
			assertion, _ := a.(map[string]any)
			holds := sc.truth(assertion["Assert"])
			if sc.fail != nil {
				return sc.fail
			}
			if !holds {
				return invalid("%s", Text(assertion["AssertDescription"]))
			}
		}
	}
	return nil
}
