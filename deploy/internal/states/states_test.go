package states

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

var kinds = []string{KindCreate, KindUpdate, KindDelete, KindImport, KindCancel, KindRollback}

func TestStatesAreCloudFormations(t *testing.T) {
	known := map[string]bool{"": true}
	for _, status := range types.StackStatus("").Values() {
		known[string(status)] = true
		if !slices.ContainsFunc(table, func(s State) bool { return s.Status == string(status) }) {
			t.Errorf("%s is not in the table", status)
		}
	}
	for _, s := range table {
		if !known[s.Status] {
			t.Errorf("%s is not a status of CloudFormation", s.Status)
		}
	}
	for _, e := range ends {
		if !known[e.status] || Moving(e.status) {
			t.Errorf("%s is not a status in which an operation ends", e.status)
		}
	}
}

// A stack in progress is followed and no operation begins on it; any other status ends some
// operation.
func TestStatesAreConsistent(t *testing.T) {
	for _, s := range table {
		ends := false
		for _, kind := range kinds {
			result, ended := ResultOf(kind, s.Status)
			ends = ends || ended
			good := s.Status == kind+"_COMPLETE"
			if kind == KindCancel || kind == KindRollback {
				good = strings.HasSuffix(s.Status, "ROLLBACK_COMPLETE") ||
					kind == KindRollback && s.Status == "DELETE_COMPLETE"
			}
			if ended && (result == Succeeded) != good {
				t.Errorf("%s is %s for %s", s.Status, result, kind)
			}
			if ended && strings.HasSuffix(s.Status, "_FAILED") && result != Stuck {
				t.Errorf("%s is %s for %s, want stuck", s.Status, result, kind)
			}
		}
		if Moving(s.Status) && (ends || s.Deploy != Busy && s.Deploy != Wait) {
			t.Errorf("%s is in progress but reported as settled", s.Status)
		}
		busy := slices.Contains([]Action{s.Deploy, s.Delete, s.Recover}, Busy)
		if !Moving(s.Status) && (busy || s.Cancel == Cancel) {
			t.Errorf("%s is settled but reported as in progress", s.Status)
		}
		settled := s.Status != "" && s.Status != "REVIEW_IN_PROGRESS" && !Moving(s.Status)
		if settled && !ends {
			t.Errorf("%s ends nothing", s.Status)
		}
	}
}

func TestStatusesThatAreNotKnown(t *testing.T) {
	moving, settled := "DREAM_IN_PROGRESS", "UPDATE_DREAMT"
	if !Moving(moving) || Of(moving).Deploy != Busy || Of(moving).Watch != Follow {
		t.Error("a stack in progress is not followed")
	}
	if Moving(settled) || Of(settled).Deploy != Refuse || Of(settled).Watch != Follow {
		t.Error("a settled stack is not refused")
	}
	for _, kind := range kinds {
		if _, ended := ResultOf(kind, moving); ended {
			t.Errorf("a stack in progress ends %s", kind)
		}
		if result, ended := ResultOf(kind, settled); result != Unknown || !ended {
			t.Errorf("a settled stack does not end %s as unknown", kind)
		}
	}
}
