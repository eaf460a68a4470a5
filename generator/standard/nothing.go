package standard

import "errors"

// RefuseNothing refuses values under which no resource is created, as CloudFormation does. way
// says what creates one.
func RefuseNothing(live map[string]bool, way string) []error {
	for _, lives := range live {
		if lives {
			return nil
		}
	}
	return []error{errors.New("nothing is created: " + way)}
}
