package command

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/batchtest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/beside"
)

// startServer gives the script an account on its own server, on which time runs a thousand times
// faster than on AWS. With -queues jobs pass through AWS Batch too, in their own time.
func startServer(s *script, ts *testscript.TestScript, args []string) {
	var opts cfntest.Options
	flags := flag.NewFlagSet("server", flag.ContinueOnError)
	flags.Float64Var(&opts.Scale, "scale", 0.001, "")
	flags.IntVar(&opts.PageSize, "page", 0, "")
	flags.IntVar(&opts.StackPageSize, "stacks", 0, "")
	flags.BoolVar(&opts.ShiftPages, "shift", false, "")
	flags.BoolVar(&opts.RawControls, "raw", false, "")
	queues := flags.Bool("queues", false, "")
	parse(ts, flags, args)
	s.server, s.counted, s.queues = cfntest.New(opts), 0, nil
	if *queues {
		s.queues = batchtest.New(batchtest.World{})
		s.queues.Serve(s.server.HandleService)
	}
	for name, value := range credentials(s.server.Start(s.env.T().(testing.TB))) {
		ts.Setenv(name, value)
	}
}

// credentials returns the environment of an account at an endpoint.
func credentials(endpoint string) map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL":      endpoint,
		"AWS_ACCESS_KEY_ID":     "AKIDTEST",
		"AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMIK7MDENG",
		"AWS_REGION":            "us-east-1",
	}
}

func parse(ts *testscript.TestScript, flags *flag.FlagSet, args []string) []string {
	flags.SetOutput(io.Discard)
	ts.Check(flags.Parse(args))
	return flags.Args()
}

// seed puts a stack of the product's template into the account, complete unless
// it is to be empty, or one of another template. -original is what was submitted where
// that differs.
func seed(s *script, ts *testscript.TestScript, args []string) {
	stack := cfntest.Stack{Name: args[0], Parameters: map[string]string{}}
	flags := flag.NewFlagSet("seed", flag.ContinueOnError)
	flags.StringVar(&stack.Status, "status", "", "")
	flags.StringVar(&stack.Reason, "reason", "", "")
	flags.StringVar(&stack.ParentID, "parent", "", "")
	flags.BoolVar(&stack.Protected, "protected", false, "")
	empty := flags.Bool("empty", false, "")
	of := flags.String("of", components[0].Name, "")
	template := flags.String("template", "", "")
	original := flags.String("original", "", "")
	for _, pair := range parse(ts, flags, args[1:]) {
		name, value, _ := strings.Cut(pair, "=")
		stack.Parameters[name] = value
	}
	if *original != "" {
		stack.Original = ts.ReadFile(*original)
	}
	switch {
	case *template != "":
		stack.Template = ts.ReadFile(*template)
	case !*empty:
		text, err := minified(componentNamed(ts, *of))
		ts.Check(err)
		stack.Template = string(text)
	}
	s.server.Seed(stack)
}

// componentNamed returns the component of that name.
func componentNamed(ts *testscript.TestScript, name string) *generator.Component {
	for _, c := range components {
		if c.Name == name {
			return c
		}
	}
	ts.Fatalf("there is no component %s", name)
	return nil
}

// somebody lets somebody else begin an operation.
func somebody(s *script, ts *testscript.TestScript, args []string) {
	begin, known := map[string]func(string) error{
		"update": s.server.ForeignUpdate, "cancel": s.server.ForeignCancel, "delete": s.server.ForeignDelete,
	}[args[0]]
	if !known {
		ts.Fatalf("%q is not update, cancel or delete", args[0])
	}
	ts.Check(begin(args[1]))
}

// fail makes operations of a kind on a resource fail. The reason is the content of a Go string, so
// it can contain any character.
func fail(s *script, ts *testscript.TestScript, args []string) {
	reason, err := strconv.Unquote(`"` + args[2] + `"`)
	ts.Check(err)
	switch args[0] {
	case "create":
		s.server.FailCreate(args[1], reason)
	case "update":
		s.server.FailUpdate(args[1], reason)
	case "delete":
		s.server.FailDelete(args[1], reason)
	case "rollback":
		s.server.FailRollback(args[1], reason)
	case "changeset":
		s.server.FailChangeSet(reason)
	case "detection":
		s.server.FailDetection(reason)
	case "validation":
		s.server.FailValidation("AWS::EarlyValidation::NameConflict", args[1], "/Resources/"+args[1]+"/Properties", reason)
	default:
		ts.Fatalf("%q is not create, update, delete, rollback, changeset, detection or validation", args[0])
	}
}

// drift changes or deletes a resource behind CloudFormation's back, or lets CloudFormation not
// compare it.
func drift(s *script, ts *testscript.TestScript, args []string) {
	d := cfntest.Drift{Status: args[1]}
	for rest := args[2:]; len(rest) >= 4; rest = rest[4:] {
		d.Differences = append(d.Differences, cfntest.Difference{
			Path: rest[0], Kind: rest[1], Expected: rest[2], Actual: rest[3],
		})
	}
	s.server.Drift(args[0], d)
}

// batchSays gives every compute environment a reason for the status INVALID.
func batchSays(s *script, ts *testscript.TestScript, args []string) {
	s.server.Batch.Invalidate(args[0])
}

// putJobs puts jobs onto the queues of AWS Batch, which are array jobs if they have children.
func putJobs(s *script, ts *testscript.TestScript, args []string) {
	var job beside.Job
	flags := flag.NewFlagSet("jobs", flag.ContinueOnError)
	flags.DurationVar(&job.For, "for", 0, "")
	args = parse(ts, flags, args)
	job.Status = args[1]
	if len(args) > 2 {
		job.Array = number(ts, args[2])
	}
	s.server.Batch.Put(number(ts, args[0]), job)
}

// finished lets all jobs of AWS Batch end.
func finished(s *script, _ *testscript.TestScript, _ []string) { s.server.Batch.Finish() }

// queueIs checks the state of a queue of AWS Batch.
func queueIs(s *script, ts *testscript.TestScript, args []string) {
	if got := s.server.Batch.State(args[0]); got != args[1] {
		ts.Fatalf("%s is %s, want %s", args[0], got, args[1])
	}
}

// denied refuses an action of AWS Batch or Amazon S3.
func denied(s *script, _ *testscript.TestScript, args []string) {
	s.server.Batch.Deny(args[0])
	s.server.Buckets.Deny(args[0])
}

// zones replaces the Availability Zones of the account.
func zones(s *script, ts *testscript.TestScript, args []string) {
	var all []cfntest.Zone
	for _, arg := range args {
		id, rest, _ := strings.Cut(arg, ",")
		z := cfntest.Zone{}
		z.Name, z.ID, _ = strings.Cut(id, "=")
		for pair := range strings.SplitSeq(rest, ",") {
			switch key, value, _ := strings.Cut(pair, "="); key {
			case "":
			case "state":
				z.State = value
			case "kind":
				z.Kind = value
			case "opt-in":
				z.OptIn = value
			default:
				ts.Fatalf("%q is not state, kind or opt-in", key)
			}
		}
		all = append(all, z)
	}
	s.server.SetZones(all...)
}

// heal ends the failures of a resource.
func heal(s *script, _ *testscript.TestScript, args []string) { s.server.Heal(args[0]) }

// faults are those that scripts name.
var faults = []cfntest.Fault{
	cfntest.Throttle, cfntest.ServerError, cfntest.Unavailable, cfntest.ResetBefore,
	cfntest.ResetAfter, cfntest.Hang, cfntest.Malformed, cfntest.LoopToken, cfntest.ExpiredToken,
	cfntest.AccessDenied,
}

// fault lets calls of an action fail.
func fault(s *script, ts *testscript.TestScript, args []string) {
	kind := cfntest.Fault(args[1])
	if !slices.Contains(faults, kind) {
		ts.Fatalf("%q is not one of %q", kind, faults)
	}
	if len(args) == 2 {
		s.server.Fault(args[0], kind)
		return
	}
	s.server.Fault(args[0], kind, cfntest.Times(number(ts, args[2])))
}

// chatter adds further events to the operation of the next executed change set, evenly over its
// duration.
func chatter(s *script, ts *testscript.TestScript, args []string) {
	stack, count := args[0], number(ts, args[1])
	s.server.OnCall("ExecuteChangeSet", 1, func() {
		calls := s.server.Mutations()
		token := calls[len(calls)-1].Params["ClientRequestToken"]
		now, step := time.Now(), s.server.Until(stack)/time.Duration(count+1)
		for i := range count {
			s.server.Emit(stack, cfntest.Event{
				At: now.Add(time.Duration(i) * step), Token: token, LogicalID: fmt.Sprintf("Extra%03d", i/2), Type: "AWS::EC2::VPC",
				PhysicalID: fmt.Sprintf("extra-%d", i/2), Status: []string{"CREATE_IN_PROGRESS", "CREATE_COMPLETE"}[i%2],
			})
		}
	})
}

// identify stores a stack's ARN in a variable.
func identify(s *script, ts *testscript.TestScript, args []string) {
	ts.Setenv(args[1], s.server.StackID(args[0]))
}

// physical keeps the physical ID of a stack's resource in a variable.
func physical(s *script, ts *testscript.TestScript, args []string) {
	for _, r := range s.server.Live(args[0]) {
		if r.LogicalID == args[1] {
			ts.Setenv(args[2], r.PhysicalID)
			return
		}
	}
	ts.Fatalf("%s has no %s", args[0], args[1])
}

// outputValue keeps an output of a stack in a variable.
func outputValue(s *script, ts *testscript.TestScript, args []string) {
	value, has := s.server.Outputs(args[0])[args[1]]
	if !has {
		ts.Fatalf("%s has no output %s", args[0], args[1])
	}
	ts.Setenv(args[2], value)
}

// recount resets the counts of calls.
func recount(s *script, _ *testscript.TestScript, _ []string) { s.counted = len(s.server.Calls()) }

// await waits until an action was called a number of times.
func await(s *script, ts *testscript.TestScript, args []string) {
	for range 1000 {
		if s.count(args[0]) >= number(ts, args[1]) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s was called %d times in 10 s", args[0], s.count(args[0]))
}
