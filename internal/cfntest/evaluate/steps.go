package evaluate

import "strings"

// KnownAfterApply is what change sets show for the ID of a resource that does not exist yet.
const KnownAfterApply = "{{changeSet:KNOWN_AFTER_APPLY}}"

// Step is what a create or update does with a resource.
type Step struct {
	Old, New *Resource // Old: nil when it is created; equal to New when nothing changes
	Replaces bool
	Changes  []Change
}

// Steps compares a deployment with the resources that a stack has, in order, so that a new physical
// ID reaches those that refer to it. It returns also what the stack has afterwards. The physical ID
// of a new resource is what newID returns.
func (d *Deployment) Steps(
	env Environment, have map[string]*Resource, newID func(*Step, *Scope) string,
) (steps map[string]*Step, now map[string]*Resource) {
	steps, now = map[string]*Step{}, map[string]*Resource{}
	sc := d.Scope(env, now)
	for _, id := range d.Order {
		s := &Step{Old: have[id], New: d.Resource(id, sc)}
		if s.Old != nil {
			s.Changes, s.Replaces = compare(s.Old, s.New)
			s.New.PhysicalID, s.New.Seed = s.Old.PhysicalID, s.Old.Seed
			s.New.Version = s.Old.Version + 1
			if s.Changes == nil {
				s.New = s.Old
			}
		}
		if s.Old == nil || s.Replaces {
			if !strings.Contains(typeOf(s.New.Type).id, "{version}") {
				s.New.Version = 1
			}
			s.New.PhysicalID = newID(s, sc)
		}
		now[id], steps[id] = s.New, s
	}
	return steps, now
}
