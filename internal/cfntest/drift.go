package cfntest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

// detectionTakes is how long a drift detection takes, before the server's scale.
const detectionTakes = 20 * time.Second

// Drift is what somebody changed in a resource behind CloudFormation's back: see Server.Drift.
type Drift struct {
	// Status is MODIFIED, DELETED or NOT_CHECKED. CloudFormation lists no resource that it
	// has not checked.
	Status      string
	Differences []Difference
}

// Difference is a property whose value is not the template's. Path is a JSON pointer.
type Difference struct {
	Path, Kind, Expected, Actual string // Kind is ADD, REMOVE or NOT_EQUAL
}

// detection is a drift detection and what it finds.
type detection struct {
	id, stack  string
	begun, end time.Time
}

// Drift makes the next detections find a change of a resource.
func (s *Server) Drift(logicalID string, d Drift) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drifts[logicalID] = d
}

// FailDetection makes the next detections end as DETECTION_FAILED with a reason. The resources
// that could be compared are listed anyway.
func (s *Server) FailDetection(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.detectionProblem = reason
}

// detectable are the statuses in which CloudFormation compares a stack.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/detect-drift-stack.html
var detectable = []string{"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE",
	"UPDATE_ROLLBACK_FAILED", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"}

func (s *Server) detectStackDrift(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.existing(r)
	if fail != nil {
		return nil, "", fail
	}
	now := s.Now()
	status := st.at(now).status
	if !slices.Contains(detectable, status) {
		return nil, "", wire.Invalid("Drift detection cannot be performed on stack [%s] in status %s",
			st.id, status)
	}
	for _, d := range s.detections {
		if d.stack == st.id && now.Before(d.end) {
			return nil, "", wire.Invalid("Drift detection is already in progress for stack [%s]", st.id)
		}
	}
	d := detection{
		id: evaluate.UUID(fmt.Sprint("drift", st.id, s.count)), stack: st.id,
		begun: now, end: now.Add(s.scale(detectionTakes)),
	}
	s.detections = append(s.detections, d)
	return wire.Structure("", "StackDriftDetectionId", d.id), "DETECT_DRIFT " + st.name, nil
}

func (s *Server) describeStackDriftDetectionStatus(
	r *wire.Request,
) (*wire.Node, string, *wire.Error) {
	for _, d := range s.detections {
		if d.id == r.Get("StackDriftDetectionId") {
			return s.detectionNode(d), "", nil
		}
	}
	return nil, "", wire.Invalid("Drift detection Id %s doesn't exist", r.Get("StackDriftDetectionId"))
}

func (s *Server) detectionNode(d detection) *wire.Node {
	n := wire.Structure("", "StackId", d.stack, "StackDriftDetectionId", d.id)
	n.Add(wire.Time("Timestamp", d.begun))
	if s.Now().Before(d.end) {
		return n.Add(wire.Text("DetectionStatus", "DETECTION_IN_PROGRESS"))
	}
	drifted, status := 0, "IN_SYNC"
	for _, in := range s.find(d.stack, "").rows(d.end) {
		if differs(s.drifts[in.res.LogicalID].Status) {
			drifted, status = drifted+1, "DRIFTED"
		}
	}
	n.Add(wire.Text("StackDriftStatus", status),
		wire.Text("DriftedStackResourceCount", fmt.Sprint(drifted)))
	if s.detectionProblem != "" {
		return n.Add(wire.Text("DetectionStatus", "DETECTION_FAILED"),
			wire.Text("DetectionStatusReason", s.detectionProblem))
	}
	return n.Add(wire.Text("DetectionStatus", "DETECTION_COMPLETE"))
}

func differs(status string) bool { return status == "MODIFIED" || status == "DELETED" }

func (s *Server) describeStackResourceDrifts(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.existing(r)
	if fail != nil {
		return nil, "", fail
	}
	i := slices.IndexFunc(s.detections, func(d detection) bool {
		return d.stack == st.id && !s.Now().Before(d.end)
	})
	if i < 0 { // nothing was ever compared
		return wire.Element("", wire.List("StackResourceDrifts", nil)), "", nil
	}
	wanted := r.List("StackResourceDriftStatusFilters")
	var list []*wire.Node
	for _, in := range st.rows(s.Now()) {
		d := s.drifts[in.res.LogicalID]
		status := cmp.Or(d.Status, "IN_SYNC")
		if status == "NOT_CHECKED" || wanted != nil && !slices.Contains(wanted, status) {
			continue
		}
		list = append(list, driftNode(st, in, status, d.Differences))
	}
	list, next, fail := wire.Page(list, r.Get("NextToken"), s.opts.PageSize)
	return wire.Structure("", "NextToken", next).Add(wire.List("StackResourceDrifts", list)), "", fail
}

func driftNode(st *stack, in *instance, status string, differences []Difference) *wire.Node {
	n := wire.Structure("", "StackId", st.id, "LogicalResourceId", in.res.LogicalID,
		"PhysicalResourceId", in.res.PhysicalID, "ResourceType", in.res.Type,
		"StackResourceDriftStatus", status, "ExpectedProperties", "{}", "ActualProperties", "{}")
	n.Add(wire.Time("Timestamp", in.last.At))
	var list []*wire.Node
	for _, d := range differences {
		list = append(list, wire.Structure("", "PropertyPath", d.Path, "DifferenceType", d.Kind,
			"ExpectedValue", cmp.Or(d.Expected, "null"), "ActualValue", cmp.Or(d.Actual, "null")))
	}
	return n.Add(wire.List("PropertyDifferences", list))
}
