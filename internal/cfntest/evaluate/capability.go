package evaluate

import (
	"slices"
	"strings"
)

// Capability returns the capability that the template's IAM resources need, and the reason as
// GetTemplateSummary words it.
func (t *Template) Capability() (capability, reason string) {
	var which []string
	for _, def := range t.Resources {
		if !strings.HasPrefix(def.Type, "AWS::IAM::") {
			continue
		}
		which = append(which, def.Type)
		if name := typeOf(def.Type).name; name != "" && def.properties[name] != nil {
			capability = "CAPABILITY_NAMED_IAM"
		}
	}
	if which == nil {
		return "", ""
	}
	if capability == "" {
		capability = "CAPABILITY_IAM"
	}
	slices.Sort(which)
	return capability, "The following resource(s) require capabilities: [" +
		strings.Join(slices.Compact(which), ", ") + "]"
}

// CheckCapabilities refuses a template that needs a capability which is not given.
func (t *Template) CheckCapabilities(given []string) *Error {
	if _, ok := t.Root["Transform"]; ok && !slices.Contains(given, "CAPABILITY_AUTO_EXPAND") {
		return lacking("CAPABILITY_AUTO_EXPAND")
	} else if ok {
		return invalid("Transform is not modelled by this server")
	}
	want, _ := t.Capability()
	if want == "" || slices.Contains(given, want) || slices.Contains(given, "CAPABILITY_NAMED_IAM") {
		return nil
	}
	return lacking(want)
}

// NoEcho tells whether the value of a parameter must not be shown.
func (t *Template) NoEcho(parameter string) bool {
	return Text(t.Definitions[parameter]["NoEcho"]) == "true"
}

func lacking(capability string) *Error {
	return &Error{"InsufficientCapabilitiesException", "Requires capabilities : [" + capability + "]"}
}
