package generator

import (
	"fmt"
	"slices"
	"strings"
)

// Source is another stack from which a stack takes the parameters that both share.
type Source struct {
	Stack      string     // name of the stack
	Component  *Component // component that the stack was made from
	Parameters Values     // deployed values
	Outputs    map[string]string
	Resources  map[string]string // physical IDs by logical ID
	Partition  string
	Account    string
}

// Taken is a parameter value that comes from another stack.
type Taken struct {
	Parameter *Parameter
	Value     string
	Origin    string // where in the other stack it was found, like "resource Vpc"
}

// From returns the values that the component takes from another stack. For each shared row of the
// table of needs it takes what the other stack reuses or has created; from Inherit it takes the
// plain parameters that are not at their default. lacking lists the shared rows that the other
// stack could have and does not.
func (c *Component) From(s Source) (taken []Taken, lacking []Need) {
	for _, need := range c.Needs {
		if !need.Shared {
			continue
		}
		value, origin := s.find(need)
		switch {
		case value != "" && need.Existing.Check(value) == nil:
			taken = append(taken, Taken{need.Existing, value, origin})
		case s.Component.has(need.ID):
			lacking = append(lacking, need)
		}
	}
	for _, p := range c.Inherit {
		theirs := s.Component.Lookup(p.Name)
		if theirs == nil {
			continue
		}
		value := s.Parameters.Of(theirs)
		if value != "" && value != p.Default && p.Check(value) == nil {
			taken = append(taken, Taken{p, value, "parameter " + p.Name})
		}
	}
	return taken, lacking
}

// has reports whether the component creates or reuses a resource with that ID.
func (c *Component) has(id string) bool {
	return slices.ContainsFunc(c.Needs, func(n Need) bool { return n.ID == id && n.Noun != "" })
}

// find returns what the other stack has for the need, and where it was found: the resource that it
// reuses, else the one that it created.
func (s Source) find(need Need) (value, origin string) {
	for _, theirs := range s.Component.Needs {
		if theirs.ID != need.ID || theirs.Existing == nil {
			continue
		}
		if reused := s.Parameters[theirs.Existing.Name]; reused != "" {
			return need.named(reused), "parameter " + theirs.Existing.Name
		}
	}
	physical := s.Resources[need.ID]
	if physical == "" || need.Existing.Check(physical) == nil {
		return physical, "resource " + need.ID
	}
	return s.arn(need, physical)
}

// named returns a value of the other stack as the need takes it: the name in an IAM ARN where a
// name is wanted.
func (n Need) named(value string) string {
	if n.IAM == "" || n.Existing.Check(value) == nil {
		return value
	}
	return value[strings.LastIndex(value, "/")+1:]
}

// arn returns the ARN of a resource whose physical ID is a name: from an output of the stack, else
// an IAM ARN made of the name and the role path.
func (s Source) arn(need Need, name string) (value, origin string) {
	for _, o := range s.Component.Outputs {
		value := s.Outputs[o.Name]
		if o.Value == s.Component.Needs.Reference(need.ID) && need.Existing.Check(value) == nil {
			return value, "output " + o.Name
		}
	}
	if need.IAM == "" {
		return "", ""
	}
	path := strings.TrimSuffix(s.Parameters["RolePath"], "/") + "/"
	arn := fmt.Sprintf("arn:%s:iam::%s:%s%s%s", s.Partition, s.Account, need.IAM, path, name)
	return arn, "resource " + need.ID
}
