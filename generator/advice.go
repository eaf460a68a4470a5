package generator

import (
	"regexp"
	"strings"
)

// Advice says what to try when a resource fails.
type Advice struct {
	Name string // of the kind of failure; unique in a component
	Of   string // end of the resource's type, or a service with ::; empty for any
	Says string // text that the reason contains, in lower case: any of these, separated by |
	// Try has placeholders: {Name} is replaced by the flag of a parameter, {id} by the logical ID.
	// From the reason come {action}, the action that is denied, {identity}, whose request it is,
	// and {resource}, the first ID of a resource of EC2.
	Try string
}

var (
	placeholder = regexp.MustCompile(`\{(\w+)\}`)

	// IAM's messages: "API: iam:CreateRole User: arn:… is not authorized to perform:
	// iam:CreateRole on resource: …". Older ones of EC2 have only the first part.
	deniedAction   = regexp.MustCompile(`(?:perform|API): (\w+:\w+)`)
	deniedIdentity = regexp.MustCompile(`User: (\S+)`)
	ec2ID          = regexp.MustCompile(`\b(?:vpc|subnet|sg|igw|rtb|eipalloc|nat)-[0-9a-f]+\b`)
)

// Advise returns the advice for a resource that failed with a reason, or an empty string where none
// is known. A failure without a type gets its type from the template.
func (c *Component) Advise(resourceType, id, reason string) string {
	if resourceType == "" {
		resourceType = c.typeOf(id)
	}
	a, known := c.AdviceOn(resourceType, reason)
	if !known {
		return ""
	}
	return c.withFlags(fill(a.Try, id, reason))
}

// AdviceOn returns the first advice for a resource of the type that failed with the reason, if
// there is any.
func (c *Component) AdviceOn(resourceType, reason string) (Advice, bool) {
	// CloudFormation writes some reasons with two spaces between words.
	reason = strings.Join(strings.Fields(strings.ToLower(reason)), " ")
	for _, a := range c.Advice {
		if a.matches(resourceType, reason) {
			return a, true
		}
	}
	return Advice{}, false
}

// fill replaces the placeholders that are no parameters.
func fill(try, id, reason string) string {
	return strings.NewReplacer(
		"{id}", id,
		"{action}", found(deniedAction, reason, "that action"),
		"{identity}", found(deniedIdentity, reason, "the deploying identity"),
		"{resource}", found(ec2ID, reason, "ID"),
	).Replace(try)
}

// found returns the last group of the expression in the text, or the fallback.
func found(expression *regexp.Regexp, text, fallback string) string {
	match := expression.FindStringSubmatch(text)
	if match == nil {
		return fallback
	}
	return match[len(match)-1]
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
