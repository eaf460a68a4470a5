package generator

import (
	"regexp"
	"strings"
)

// Advice says what to try when a resource fails.
type Advice struct {
	Of   string // end of the resource's type, or a service with ::; empty for any
	Says string // text that the reason contains, in lower case: any of these, separated by |
	Try  string // {Name} is replaced by the flag of a parameter, {id} by the logical ID
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// Advise returns the advice for a resource that failed with a reason, or an empty string where none
// is known. A failure without a type gets its type from the template.
func (c *Component) Advise(resourceType, id, reason string) string {
	if resourceType == "" {
		resourceType = c.typeOf(id)
	}
	reason = strings.ToLower(reason)
	for _, a := range c.Advice {
		if a.matches(resourceType, reason) {
			return c.withFlags(strings.ReplaceAll(a.Try, "{id}", id))
		}
	}
	return ""
}

// typeOf returns the type of a resource of the template, or an empty string.
func (c *Component) typeOf(id string) string {
	for _, r := range c.Built().Resources {
		if r.ID == id {
			return r.Type
		}
	}
	return ""
}

func (a Advice) matches(resourceType, reason string) bool {
	switch {
	case strings.HasSuffix(a.Of, "::") && !strings.Contains(resourceType, a.Of):
		return false
	case !strings.HasSuffix(a.Of, "::") && !strings.HasSuffix(resourceType, a.Of):
		return false
	}
	for says := range strings.SplitSeq(a.Says, "|") {
		if strings.Contains(reason, says) {
			return true
		}
	}
	return false
}

// withFlags replaces the names of parameters by their flags.
func (c *Component) withFlags(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		if p := c.Lookup(name[1 : len(name)-1]); p != nil {
			return "--" + p.Flag()
		}
		return name[1 : len(name)-1]
	})
}
