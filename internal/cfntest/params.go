package cfntest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// readParameters finds the value of every parameter of a template from a call: given, kept from before, or the default.
func readParameters(r *request, t *template, before map[string]string) (map[string]string, *apiError) {
	values, fail := givenParameters(r, t, before)
	if fail != nil {
		return nil, fail
	}
	var missing []string
	for name, def := range t.parameters {
		if _, ok := values[name]; ok {
			continue
		}
		if d, ok := def["Default"]; ok {
			values[name] = textOf(d)
		} else {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		slices.Sort(missing)
		return nil, invalid("Parameters: [%s] must have values", strings.Join(missing, ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(t.parameters)) {
		if fail := checkParameter(name, values[name], t.parameters[name]); fail != nil {
			return nil, fail
		}
	}
	return values, nil
}

func givenParameters(r *request, t *template, before map[string]string) (map[string]string, *apiError) {
	values := map[string]string{}
	var unknown []string
	var fail *apiError
	r.each("Parameters", func(field func(string) (string, bool)) {
		name, _ := field("ParameterKey")
		value, given := field("ParameterValue")
		keep, _ := field("UsePreviousValue")
		previous, known := before[name]
		switch {
		case keep == "true" && given:
			fail = invalid("Invalid input for parameter key %s. Cannot specify usePreviousValue as true and also specify a parameter value", name)
		case keep == "true" && !known:
			fail = invalid("Invalid input for parameter key %s. Cannot specify usePreviousValue as true for a parameter key not in the previous template", name)
		case keep == "true":
			values[name] = previous
		case !given:
			fail = invalid("Invalid input for parameter key %s. Need to specify either usePreviousValue as true or a value for the parameter", name)
		default:
			values[name] = value
		}
		if _, ok := t.parameters[name]; !ok && !slices.Contains(unknown, name) {
			unknown = append(unknown, name)
		}
	})
	if fail == nil && unknown != nil {
		fail = invalid("Parameters: [%s] do not exist in the template", strings.Join(unknown, ", "))
	}
	return values, fail
}

// checkParameter refuses a value as CloudFormation does; a ConstraintDescription replaces the words of a pattern.
func checkParameter(name, value string, def map[string]any) *apiError {
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

func parameterProblem(value, typ string, def map[string]any) string {
	if allowed, ok := def["AllowedValues"].([]any); ok && !slices.ContainsFunc(allowed, func(a any) bool { return textOf(a) == value }) {
		return "must be one of AllowedValues"
	}
	if pattern, ok := def["AllowedPattern"].(string); ok {
		if re, err := regexp.Compile("^(?:" + pattern + ")$"); err == nil && !re.MatchString(value) {
			return "must match pattern " + pattern
		}
	}
	bound := func(key string) (float64, bool) {
		v, err := strconv.ParseFloat(textOf(def[key]), 64)
		return v, err == nil
	}
	if least, ok := bound("MinLength"); ok && float64(len([]rune(value))) < least {
		return fmt.Sprintf("must contain at least %s characters", textOf(least))
	}
	if most, ok := bound("MaxLength"); ok && float64(len([]rune(value))) > most {
		return fmt.Sprintf("must contain at most %s characters", textOf(most))
	}
	if typ != "Number" && typ != "List<Number>" {
		return ""
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return "must be a number"
	}
	if least, ok := bound("MinValue"); ok && n < least {
		return fmt.Sprintf("must be a number not less than %s", textOf(least))
	}
	if most, ok := bound("MaxValue"); ok && n > most {
		return fmt.Sprintf("must be a number not greater than %s", textOf(most))
	}
	return ""
}

func isList(typ string) bool { return typ == "CommaDelimitedList" || strings.HasPrefix(typ, "List<") }

// parameterValues are the values as Ref gives them: lists are split.
func parameterValues(t *template, values map[string]string) map[string]any {
	out := map[string]any{}
	for name, value := range values {
		typ, _ := t.parameters[name]["Type"].(string)
		switch {
		case isList(typ):
			list := []any{}
			for item := range strings.SplitSeq(value, ",") {
				list = append(list, strings.TrimSpace(item))
			}
			out[name] = list
		case strings.HasPrefix(typ, "AWS::SSM::Parameter::Value<"):
			out[name] = resolvedSSM(typ, value)
		default:
			out[name] = value
		}
	}
	return out
}

// resolvedSSM is what a public parameter might hold.
func resolvedSSM(typ, name string) string {
	if strings.Contains(typ, "AWS::EC2::Image::Id") {
		return "ami-" + hexID(name, 17)
	}
	return "value of " + name
}

// checkRules asserts the Rules section.
func checkRules(sc *scope) *apiError {
	rules := section(sc.tmpl.root, "Rules")
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
				return invalid("%s", textOf(assertion["AssertDescription"]))
			}
		}
	}
	return nil
}
