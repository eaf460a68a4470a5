package deploy

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

const (
	driftLimit = 15 * time.Minute // for one detection, and for another one to end before
	driftPause = 5 * time.Second  // at most, between two readings of its status
)

// Drift is how the resources of a stack differ from its template and parameters, as
// CloudFormation's drift detection found them.
type Drift struct {
	Resources []DriftedResource // by logical ID
	Compared  int               // resources that were compared
	// Unchecked are the logical IDs of the resources that were not compared: detection does
	// not support their type, or could not read them.
	Unchecked []string
	// Incomplete is why CloudFormation could not compare everything, "" when it could.
	Incomplete string
}

// DriftedResource is a resource that was changed or deleted outside of CloudFormation.
type DriftedResource struct {
	LogicalID   string
	PhysicalID  string
	Type        string
	Deleted     bool
	Differences []Difference // none when it was deleted
}

// Difference is a property that does not have the value of the template.
type Difference struct {
	Path     string // like ComputeResources.MaxvCpus
	Kind     string // ADD, REMOVE or NOT_EQUAL
	Expected string // text or JSON, "" when the property was added
	Actual   string // "" when it was removed
}

// Drift has CloudFormation compare the resources of a stack with its template, waits for
// the end, and returns what differs. It changes nothing. CloudFormation reads the resources
// with the caller's permissions.
//
// The error is Refused for a stack that is busy or in a status that has no drift.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
func (c *Client) Drift(ctx context.Context, s Stack) (Drift, error) {
	if err := s.refuseDrift(); err != nil {
		return Drift{}, err
	}
	all, err := c.Resources(ctx, s)
	if err != nil {
		return Drift{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, driftLimit, &Error{Stack: s.Name,
		Reason: "CloudFormation did not finish the drift detection within " + driftLimit.String()})
	defer cancel()
	id, err := c.detect(ctx, s)
	if err != nil {
		return Drift{}, err
	}
	incomplete, err := c.awaitDetection(ctx, s, id)
	if err != nil {
		return Drift{}, err
	}
	found, err := c.resourceDrifts(ctx, s)
	if err != nil {
		return Drift{}, err
	}
	return newDrift(all, found, incomplete), nil
}

// refuseDrift returns why a stack has no drift, or nil. CloudFormation compares a stack only
// after a creation, an update, an import or a rollback of these.
func (s Stack) refuseDrift() error {
	e := &Error{Result: Refused, Stack: s.Name, Status: s.Status,
		Reason: "drift is detected only in a stack whose last operation is complete"}
	switch {
	case !s.Exists():
		return s.refusal(states.Absent)
	case s.Busy():
		return s.refusal(states.Busy)
	case !s.Live() || strings.HasPrefix(s.Status, "DELETE_") ||
		s.Status == "CREATE_FAILED" || s.Status == "UPDATE_FAILED":
		return e
	}
	return nil
}

// detect begins a detection and returns its ID. CloudFormation runs one at a time on a
// stack, so that one that somebody else has begun must end first.
func (c *Client) detect(ctx context.Context, s Stack) (string, error) {
	for {
		out, err := transport.Retry(ctx, c.connection, c.api.DetectStackDrift,
			&cloudformation.DetectStackDriftInput{StackName: &s.ID})
		switch {
		case err == nil && aws.ToString(out.StackDriftDetectionId) != "":
			return *out.StackDriftDetectionId, nil
		case err == nil:
			return "", apiError(ctx, s.Name, transport.ErrEmptyReply)
		case ctx.Err() != nil || !detecting(err):
			return "", apiError(ctx, s.Name, err)
		}
		if err := transport.Sleep(ctx, driftPause); err != nil {
			return "", err
		}
	}
}

// detecting recognises that a detection is running already.
func detecting(err error) bool {
	return strings.Contains(strings.ToLower(err.Error()), "drift detection is already in progress")
}

// awaitDetection waits for the end of a detection. It returns why something could not be
// compared, "" when everything was.
func (c *Client) awaitDetection(ctx context.Context, s Stack, id string) (string, error) {
	for pause := time.Second; ; pause = min(2*pause, driftPause) {
		if err := transport.Sleep(ctx, pause); err != nil {
			return "", err
		}
		out, err := transport.Retry(ctx, c.connection, c.api.DescribeStackDriftDetectionStatus,
			&cloudformation.DescribeStackDriftDetectionStatusInput{StackDriftDetectionId: &id})
		if err != nil {
			return "", apiError(ctx, s.Name, err)
		}
		switch out.DetectionStatus {
		case types.StackDriftDetectionStatusDetectionInProgress:
		case types.StackDriftDetectionStatusDetectionComplete:
			return "", nil
		case types.StackDriftDetectionStatusDetectionFailed:
			return cmp.Or(aws.ToString(out.DetectionStatusReason), "CloudFormation gives no reason"), nil
		default:
			return "", apiError(ctx, s.Name, transport.ErrEmptyReply)
		}
	}
}

// resourceDrifts reads what the last detection found, page by page.
func (c *Client) resourceDrifts(
	ctx context.Context, s Stack,
) (found []types.StackResourceDrift, err error) {
	in := &cloudformation.DescribeStackResourceDriftsInput{StackName: &s.ID}
	for range transport.MaxPages {
		out, err := transport.Retry(ctx, c.connection, c.api.DescribeStackResourceDrifts, in)
		if err != nil {
			return nil, apiError(ctx, s.Name, err)
		}
		found = append(found, out.StackResourceDrifts...)
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" {
			return found, nil
		}
	}
	return nil, &Error{Stack: s.Name, Reason: "the list of drifted resources does not end"}
}

// newDrift returns what a detection found among all resources of a stack.
func newDrift(all []Event, found []types.StackResourceDrift, incomplete string) Drift {
	d := Drift{Incomplete: incomplete}
	compared := map[string]bool{}
	for _, one := range found {
		r := DriftedResource{
			LogicalID:  aws.ToString(one.LogicalResourceId),
			PhysicalID: aws.ToString(one.PhysicalResourceId),
			Type:       aws.ToString(one.ResourceType),
			Deleted:    one.StackResourceDriftStatus == types.StackResourceDriftStatusDeleted,
		}
		for _, p := range one.PropertyDifferences {
			r.Differences = append(r.Differences, Difference{
				Path: dotted(aws.ToString(p.PropertyPath)), Kind: string(p.DifferenceType),
				Expected: shown(p.ExpectedValue), Actual: shown(p.ActualValue),
			})
		}
		switch one.StackResourceDriftStatus {
		case types.StackResourceDriftStatusModified, types.StackResourceDriftStatusDeleted:
			d.Resources = append(d.Resources, r)
		case types.StackResourceDriftStatusInSync:
		default: // NOT_CHECKED, and what later versions of the API may say
			continue
		}
		compared[r.LogicalID] = true
	}
	d.Compared = len(compared)
	for _, r := range all {
		gone := r.Status == "DELETE_COMPLETE" || r.Status == "DELETE_SKIPPED"
		if !gone && !compared[r.LogicalID] {
			d.Unchecked = append(d.Unchecked, r.LogicalID)
		}
	}
	slices.SortFunc(d.Resources, func(a, b DriftedResource) int {
		return cmp.Compare(a.LogicalID, b.LogicalID)
	})
	slices.Sort(d.Unchecked)
	return d
}

// shown returns a value of a difference; CloudFormation writes the missing one as null.
func shown(value *string) string {
	if text := aws.ToString(value); text != "null" {
		return text
	}
	return ""
}
