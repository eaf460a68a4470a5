package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/batchtest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// target is what the tests verify.
var target = Target{
	Queue: batchtest.QueueARN, JobRole: "arn:aws:iam::123456789012:role/jobs",
	Datastore: "s3://data/flows", Image: DefaultImage, Tags: map[string]string{"stack": "metaflow"},
}

// recorder keeps what an observer is told.
type recorder struct {
	checks   []Check
	statuses []string
	causes   []Cause
	left     []Left
	at       func(Progress)
}

func (r *recorder) Check(c Check) { r.checks = append(r.checks, c) }
func (r *recorder) Cause(c Cause) { r.causes = append(r.causes, c) }
func (r *recorder) Left(l Left)   { r.left = append(r.left, l) }
func (r *recorder) Progress(p Progress) {
	r.statuses = append(r.statuses, strings.TrimSpace(p.Status+" "+p.Detail))
	if r.at != nil {
		r.at(p)
	}
}

// kinds returns the kinds of the causes in their order.
func (r *recorder) kinds() (kinds []string) {
	for _, c := range r.causes {
		kinds = append(kinds, c.Kind())
	}
	return kinds
}

// verify runs a verification in a world, with faults.
func verify(
	ctx context.Context, s *batchtest.Server, t Target, r *recorder, timeout time.Duration,
) (Result, error) {
	front := cfntest.New(cfntest.Options{})
	s.Serve(front.HandleService)
	return New(front.Config(), t, r).Run(ctx, timeout)
}

// TestRuns: a job runs on each kind of environment, writes its object, and nothing is left.
func TestRuns(t *testing.T) {
	for _, kind := range []string{"EC2", "SPOT", "FARGATE", "FARGATE_SPOT"} {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := batchtest.New(batchtest.World{
					Environments: []batchtest.Environment{{Type: kind}}})
				at := target
				if strings.HasPrefix(kind, "FARGATE") {
					at.ExecutionRole = "arn:aws:iam::123456789012:role/execution"
				}
				var r recorder
				began := time.Now()
				result, err := verify(t.Context(), s, at, &r, 15*time.Minute)
				if err != nil || result != Ran || len(r.causes)+len(r.left) > 0 {
					t.Fatalf("%v, %v, causes %v, left %v", result, err, r.causes, r.left)
				}
				if got := s.Left(); len(got) > 0 {
					t.Errorf("left: %v", got)
				}
				var job []string
				for _, status := range r.statuses {
					if !strings.Contains(status, "scales") {
						job = append(job, status)
					}
				}
				want := "SUBMITTED, RUNNABLE, STARTING, RUNNING on arn:aws:ecs:us-east-1:123456789012:" +
					"container-instance/0a1b2c3d, SUCCEEDED"
				if got := strings.Join(job, ", "); got != want {
					t.Errorf("the job was %s", got)
				}
				if minutes := time.Since(began).Minutes(); float64(len(s.Calls())) > 30*max(minutes, 1) {
					t.Errorf("%d calls in %.1f minutes", len(s.Calls()), minutes)
				}
			})
		})
	}
}

// TestDefinition: the job has what each platform needs.
func TestDefinition(t *testing.T) {
	v := New(cfntest.New(cfntest.Options{}).Config(), target, &recorder{})
	v.world.needs = v.needs()
	c := v.definition().ContainerProperties
	if got := strings.Join(c.Command, " "); got != "s3api put-object --bucket data --key "+
		"flows/metaflow-cfn-verify/"+v.Name()+" --metadata job="+v.Name() {
		t.Errorf("the command is %s", got)
	}
	if c.NetworkConfiguration != nil || c.ExecutionRoleArn != nil || *c.ResourceRequirements[0].Value != "1" {
		t.Errorf("on EC2 the container is %+v", c)
	}
	v.ExecutionRole = "arn:aws:iam::123456789012:role/execution"
	v.world.Environments = []Environment{{Type: "FARGATE_SPOT"}}
	v.world.needs = v.needs()
	in := v.definition()
	c = in.ContainerProperties
	if c.NetworkConfiguration.AssignPublicIp != "ENABLED" || *c.ExecutionRoleArn != v.ExecutionRole ||
		*c.ResourceRequirements[0].Value != "0.25" || in.PlatformCapabilities[0] != "FARGATE" {
		t.Errorf("on Fargate the definition is %+v", in)
	}
}

// TestInterrupted: whenever the context ends, nothing is left.
func TestInterrupted(t *testing.T) {
	stop := errors.New("interrupt")
	for _, status := range []string{"SUBMITTED", "RUNNABLE", "STARTING", "RUNNING"} {
		t.Run(status, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := batchtest.New(batchtest.World{})
				ctx, cancel := context.WithCancelCause(t.Context())
				r := recorder{at: func(p Progress) {
					if p.Status == status {
						cancel(stop)
					}
				}}
				_, err := verify(ctx, s, target, &r, time.Hour)
				if !errors.Is(err, stop) {
					t.Errorf("the error is %v", err)
				}
				if got := s.Left(); len(got)+len(r.left) > 0 {
					t.Errorf("left: %v, said: %v", got, r.left)
				}
			})
		})
	}
}

// TestFaults: with each fault of each call, what is left on the server is named, and nothing else.
func TestFaults(t *testing.T) {
	calls := []string{
		"batch:DescribeJobQueues", "batch:DescribeComputeEnvironments", "batch:RegisterJobDefinition",
		"batch:SubmitJob", "batch:DescribeJobs", "batch:ListJobs", "batch:TerminateJob",
		"batch:DescribeJobDefinitions", "batch:DeregisterJobDefinition", "s3:HeadBucket",
		"s3:GetObject", "s3:HeadObject", "s3:DeleteObject", "s3:PutObject", "iam:GetRole",
		"iam:GetInstanceProfile", "ec2:DescribeLaunchTemplates", "ec2:DescribeImages",
		"servicequotas:GetServiceQuota",
	}
	for _, call := range calls {
		for name, kind := range map[string]batchtest.Fault{
			"denied": batchtest.Denied, "throttled": batchtest.Throttled, "lost": batchtest.Lost,
		} {
			for _, times := range []int{1, -1} {
				t.Run(fmt.Sprint(call, " ", name, " ", times), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := batchtest.New(batchtest.World{})
						s.Fault(call, kind, times)
						var r recorder
						result, err := verify(t.Context(), s, target, &r, 15*time.Minute)
						for _, left := range s.Left() {
							id := left[strings.LastIndexAny(left, " /")+1:]
							if !slices.ContainsFunc(r.left, func(l Left) bool {
								return strings.Contains(l.What+l.Command, id) ||
									strings.Contains(l.What+l.Command, Prefix)
							}) {
								t.Errorf("%s is left, and %v is said", left, r.left)
							}
						}
						if times == 1 && kind != batchtest.Denied && (err != nil || result != Ran) {
							t.Errorf("one fault that passes: %v, %v, %v", result, err, r.causes)
						}
					})
				})
			}
		}
	}
}

// TestWaits: a job that waits without a cause is still waiting when the time has passed.
func TestWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := batchtest.New(batchtest.World{Joined: 1, Environments: []batchtest.Environment{{Desired: 2}},
			Steps: []batchtest.Step{{Status: "RUNNABLE", Exit: -1}}})
		var r recorder
		result, err := verify(t.Context(), s, target, &r, 15*time.Minute)
		if result != Waiting || err != nil || len(r.causes) > 0 {
			t.Errorf("%v, %v, %v", result, err, r.causes)
		}
		if got := s.Left(); len(got)+len(r.left) > 0 {
			t.Errorf("left: %v, said: %v", got, r.left)
		}
		if n := len(s.Calls()); n > 30*15 {
			t.Errorf("%d calls in 15 minutes", n)
		}
	})
}

// TestStanding: what is wrong before a job is run is said.
func TestStanding(t *testing.T) {
	for want, world := range map[string]batchtest.World{
		"failed job role: jobs does not trust ecs-tasks.amazonaws.com":                      {Untrusted: true},
		"failed instance profile: instances does not exist":                                 {NoProfile: true},
		"failed launch template: lt-0a1b2c3d of environment1 does not exist":                {NoTemplate: true},
		"failed image: ami-0a1b2c3d of environment1 does not exist in this":                 {NoImage: true},
		"failed quota: 0 vCPUs of standard instances (EC2), so that no":                     {VCPUQuota: -1},
		"warning quota: 5 vCPUs of standard instances (EC2), and environment1 may have 256": {VCPUQuota: 5},
		"ok launch template: lt-0a1b2c3d":                                                   {},
		"ok image: ami-0a1b2c3d":                                                            {},
		"ok quota: 256 vCPUs of standard instances (EC2)":                                   {},
		"ok service-linked role: AWSServiceRoleForBatch":                                    {},
		"failed bucket: data does not exist":                                                {NoBucket: true},
		"ok bucket: data can be written to":                                                 {},
		"ok instance profile: instances":                                                    {},
		"ok compute environment: environment1, ENABLED, VALID, EC2, 0 of":                   {},
	} {
		t.Run(want, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := batchtest.New(world)
				front := cfntest.New(cfntest.Options{})
				s.Serve(front.HandleService)
				var r recorder
				if _, err := New(front.Config(), target, &r).Standing(t.Context()); err != nil {
					t.Error(err)
				}
				if !slices.ContainsFunc(r.checks, func(c Check) bool {
					return strings.HasPrefix(c.Status+" "+c.Name+": "+c.Detail, want)
				}) {
					t.Errorf("the checks are %v", r.checks)
				}
				if left := s.Left(); len(left) > 0 {
					t.Errorf("left: %v", left)
				}
			})
		})
	}
}

// TestUnanswered: a call that is never answered does not keep the program from ending at a signal,
// and what may be left is named.
func TestUnanswered(t *testing.T) {
	stop := errors.New("interrupt")
	for _, call := range []string{"batch:DescribeJobQueues", "batch:RegisterJobDefinition",
		"batch:SubmitJob", "batch:DescribeJobs", "batch:ListJobs", "batch:TerminateJob",
		"batch:DescribeJobDefinitions", "batch:DeregisterJobDefinition", "s3:GetObject",
		"s3:HeadObject", "s3:DeleteObject", "s3:PutObject", "iam:GetRole"} {
		t.Run(call, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := batchtest.New(batchtest.World{})
				s.Fault(call, batchtest.Unanswered, -1)
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(10*time.Minute, func() { cancel(stop) })
				var r recorder
				began := time.Now()
				_, _ = verify(ctx, s, target, &r, time.Hour) // some calls are not needed
				if took := time.Since(began); took > 12*time.Minute {
					t.Errorf("it ended after %s", took)
				}
				if left := s.Left(); len(left) > 0 && len(r.left) == 0 {
					t.Errorf("%v is left, and nothing is said", left)
				}
			})
		})
	}
}
