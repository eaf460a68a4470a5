package generator

import "strings"

// Verdict is what an update does with a resource where CloudFormation cannot say it
// before the update: a change is sent to the service, or the resource is replaced, as the template
// and the service want it.
type Verdict struct {
	Resource string // logical ID
	// Properties are what the verdict is about, by path, like ComputeResources.Type, each with
	// what lies below it. Without any the verdict holds whatever changes.
	Properties []string
	Change     Treatment // of the resource
	Reason     string    // why, and what it means for running jobs
	Way        string    // out of a refusal; {stack} stands for the name of the stack
}

// Treatment is how a change of a resource is carried out.
type Treatment int

// The treatments.
const (
	InPlace  Treatment = iota // the resource stays, with the change
	Replaced                  // another resource takes its place
	Refused                   // the service refuses the change, so that the update would fail
)

// String returns the treatment in words.
func (t Treatment) String() string { return [...]string{"in place", "replaced", "refused"}[t] }

// Covers reports whether the verdict is about the property with a path.
func (v Verdict) Covers(path string) bool {
	if len(v.Properties) == 0 {
		return true
	}
	for _, p := range v.Properties {
		if rest, ok := strings.CutPrefix(path, p); ok && (rest == "" || rest[0] == '.') {
			return true
		}
	}
	return false
}

// Verdicts returns what an update of the component's stack from old to new values does with
// resources of which CloudFormation cannot say it. The flags of parameters are in place of
// {Name}, and the name of the stack in place of {stack}.
func (c *Component) Verdicts(stack string, old, new Values) []Verdict {
	if c.Update == nil {
		return nil
	}
	all := c.Update(old, new)
	for i, v := range all {
		all[i].Way = c.withFlags(strings.ReplaceAll(v.Way, "{stack}", stack))
	}
	return all
}
