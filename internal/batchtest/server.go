// Package batchtest is a server that behaves like AWS Batch, Amazon ECS, EC2 Auto Scaling, IAM,
// CloudWatch Logs and Amazon S3 as far as running one job needs. A test describes a world; jobs then
// pass through its steps in time. It is in front of another server, which answers what it does
// not: see Serve.
//
// The forms of the answers are those of the API references. Which words AWS uses for a failure is
// the test's.
package batchtest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// World is what an account has. The zero value has a queue and an environment that are fine.
type World struct {
	Queue        Queue
	NoQueue      bool // there is none
	Environments []Environment
	Steps        []Step     // of a job after its submission; none: it succeeds
	Activities   []Activity // of Auto Scaling groups
	Joined       int        // instances in each cluster
	Others       int        // other jobs that run
	Log          []string   // lines that the job prints
	NotWritten   bool       // the job succeeds without its object
	Untrusted    bool       // the job role does not trust tasks
	NoProfile    bool       // the instance profile does not exist
	NoBucket     bool
	NoTemplate   bool // the launch template does not exist
	NoImage      bool
	VCPUQuota    int // default 256, -1 for none
}

// Queue is the job queue.
type Queue struct{ State, Status, Reason string }

// Environment is a compute environment.
type Environment struct {
	Name, State, Status, Reason, Type string // default: ENABLED, VALID, "", EC2
	Max, Desired                      int    // vCPUs; default 256 and 0
}

// Step is a status of a job, from a time after its submission on.
type Step struct {
	After     time.Duration
	Status    string
	Reason    string // of the job
	Container string // reason of the container
	Exit      int    // of the container, -1 for none
	Desired   int    // vCPUs of the environments, 0 for no change
}

// Activity is an activity of a group, some time before it is read for the first time.
type Activity struct {
	Group, Status, Message, Description string
	Ago                                 time.Duration
}

// Succeeds are the steps of a job that runs.
func Succeeds() []Step {
	return []Step{
		{0, "SUBMITTED", "", "", -1, 0}, {2 * time.Second, "RUNNABLE", "", "", -1, 1},
		{50 * time.Second, "STARTING", "", "", -1, 1}, {70 * time.Second, "RUNNING", "", "", -1, 1},
		{75 * time.Second, "SUCCEEDED", "Essential container in task exited", "", 0, 0},
	}
}

// Fault is what happens to a call.
type Fault int

// The faults.
const (
	Denied     Fault = iota // refused for lack of permission
	Throttled               // refused for too many calls
	Lost                    // done, and the connection is closed before the answer
	Unanswered              // neither done nor answered
)

// Server is the account.
type Server struct {
	mu      sync.Mutex
	world   World
	began   time.Time
	jobs    []*job
	defs    []*definition
	objects map[string]string // metadata by bucket/key
	calls   []string          // service:Action
	faults  map[string]fault  // by service:Action
}

type fault struct {
	kind  Fault
	times int // -1 for ever
}

// job is a job that was submitted.
type job struct {
	id, name, definition string
	at                   time.Time
	terminated           bool
	written              bool
}

// definition is a job definition.
type definition struct {
	arn, name string
	active    bool
	container map[string]any
}

// New returns a server of a world.
func New(w World) *Server {
	if w.Steps == nil {
		w.Steps = Succeeds()
	}
	if w.Environments == nil {
		w.Environments = []Environment{{}}
	}
	return &Server{world: w, began: time.Now(), objects: map[string]string{},
		faults: map[string]fault{}}
}

// Serve gives the server to another one, by service as the calls are signed.
func (s *Server) Serve(handle func(service string, f func(http.ResponseWriter, *http.Request) bool)) {
	handle("batch", s.service("batch", s.batch))
	handle("s3", s.service("s3", s.s3))
	handle("iam", s.service("iam", s.iam))
	handle("autoscaling", s.service("autoscaling", s.scaling))
	handle("ecs", s.service("ecs", s.ecs))
	handle("logs", s.service("logs", s.logs))
	handle("ec2", s.service("ec2", s.ec2))
	handle("servicequotas", s.service("servicequotas", s.quotas))
}

// service returns the handler of a service. do returns the name of the action, which it has done
// into the reply, "" for an action that another server does.
func (s *Server) service(
	name string, do func(*request) string,
) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		s.mu.Lock()
		in := read(r)
		if name == "ec2" && s.ec2(in) == "" {
			s.mu.Unlock()
			r.Body = io.NopCloser(bytes.NewReader(in.body))
			return false
		}
		action := name + ":" + in.action(name)
		s.calls = append(s.calls, action)
		f, hit := s.faults[action]
		hit = hit && f.times != 0
		if hit {
			f.times--
			s.faults[action] = f
		}
		switch {
		case hit && f.kind == Unanswered:
			s.mu.Unlock()
			<-r.Context().Done()
			return true
		case hit && f.kind == Denied:
			in.refuse(name, http.StatusForbidden, "AccessDeniedException",
				"User: arn:aws:iam::123456789012:user/test is not authorized to perform: "+action)
		case hit && f.kind == Throttled:
			in.refuse(name, http.StatusBadRequest, "ThrottlingException", "Rate exceeded")
		default:
			do(in)
		}
		s.mu.Unlock()
		if hit && f.kind == Lost {
			panic(http.ErrAbortHandler)
		}
		in.answer(w)
		return true
	}
}

// Fault lets the next calls of an action, like batch:SubmitJob, meet a fault; -1 means for ever.
func (s *Server) Fault(action string, kind Fault, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[action] = fault{kind, times}
}

// Calls returns the calls so far, as IAM names them.
func (s *Server) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Left returns what is left: jobs that have not ended, active definitions and objects.
func (s *Server) Left() (left []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs {
		if status := s.step(j).Status; status != "SUCCEEDED" && status != "FAILED" {
			left = append(left, "job "+j.id)
		}
	}
	for _, d := range s.defs {
		if d.active {
			left = append(left, "definition "+d.arn)
		}
	}
	for key := range s.objects {
		left = append(left, "object "+key)
	}
	return left
}

// Submitted returns how many jobs were submitted.
func (s *Server) Submitted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.jobs)
}

// step returns where a job is now.
func (s *Server) step(j *job) Step {
	if j.terminated {
		return Step{Status: "FAILED", Reason: "metaflow-cfn verify has ended", Exit: -1}
	}
	now := s.world.Steps[0]
	for _, step := range s.world.Steps {
		if time.Since(j.at) >= step.After {
			now = step
		}
	}
	if now.Status == "SUCCEEDED" && !j.written && !s.world.NotWritten {
		j.written = true
		s.write(j)
	}
	return now
}

// write writes the object that the job's command names.
func (s *Server) write(j *job) {
	for _, d := range s.defs {
		command, _ := d.container["command"].([]any)
		if d.arn != j.definition || len(command) < 8 {
			continue
		}
		words := map[string]string{}
		for i := 2; i+1 < len(command); i += 2 {
			words[fmt.Sprint(command[i])] = fmt.Sprint(command[i+1])
		}
		s.objects[words["--bucket"]+"/"+words["--key"]] =
			strings.TrimPrefix(words["--metadata"], "job=")
	}
}
