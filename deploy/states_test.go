package deploy

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

func TestStatesAreCloudFormations(t *testing.T) {
	known := map[string]bool{"": true}
	for _, status := range types.StackStatus("").Values() {
		known[string(status)] = true
		if !slices.ContainsFunc(states, func(s state) bool { return s.status == string(status) }) {
			t.Errorf("%s is not in the table", status)
		}
	}
	for _, s := range states {
		if !known[s.status] {
			t.Errorf("%s is none of CloudFormation's", s.status)
		}
	}
}

// What moves is followed and refused; what does not is an end of some operation.
func TestStatesAreConsistent(t *testing.T) {
	for _, s := range states {
		ends := false
		for _, kind := range []string{creation, updating, deletion, importer, cancelling, undoing} {
			result, ended := resultOf(kind, s.status)
			ends = ends || ended
			good := s.status == kind+"_COMPLETE"
			if kind == cancelling || kind == undoing {
				good = strings.HasSuffix(s.status, "ROLLBACK_COMPLETE") || kind == undoing && s.status == "DELETE_COMPLETE"
			}
			if ended && (result == Succeeded) != good {
				t.Errorf("%s is %s for %s", s.status, result, kind)
			}
			if ended && strings.HasSuffix(s.status, "_FAILED") && result != Stuck {
				t.Errorf("%s is %s for %s, want stuck", s.status, result, kind)
			}
		}
		if moving(s.status) && (ends || s.deploy != busy && s.deploy != settle) {
			t.Errorf("%s moves, but is taken for settled", s.status)
		}
		if !moving(s.status) && (slices.Contains([]action{s.deploy, s.delete, s.recover}, busy) || s.cancel == cancel) {
			t.Errorf("%s is settled, but is taken for busy", s.status)
		}
		if settled := s.status != "" && s.status != "REVIEW_IN_PROGRESS" && !moving(s.status); settled && !ends {
			t.Errorf("%s ends nothing", s.status)
		}
	}
	if !moving("DREAM_IN_PROGRESS") || stateOf("DREAM_IN_PROGRESS").deploy != busy {
		t.Error("an unknown status that moves is not followed")
	}
}
