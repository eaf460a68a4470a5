package command

import "github.com/metaflow-cfn/metaflow-cfn/deploy"

// hint returns what to try about a failure, or nothing when nothing is known.
// also is further text about it, from the service itself.
func (e *env) hint(failure deploy.Event, also string) string {
	return e.component.Advise(failure.Type, failure.LogicalID, failure.Reason+" "+also)
}
