package deploy

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// randomStack is a template whose resources wait for earlier ones; Setting changes some
// in place and replaces others.
type randomStack struct {
	body string
	ids  []string
}

func newRandomStack(r *rand.Rand) (s randomStack) {
	types := []string{"AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::EIP", "AWS::S3::Bucket",
		"AWS::IAM::Role", "AWS::EC2::NatGateway"}
	var b strings.Builder
	b.WriteString("Parameters: {Setting: {Type: String, Default: '0'}}\nResources:\n")
	for i := range 1 + r.IntN(9) {
		id := fmt.Sprintf("R%d", i)
		fmt.Fprintf(&b, "  %s:\n    Type: %s\n", id, types[r.IntN(len(types))])
		if r.IntN(4) == 0 {
			b.WriteString("    DeletionPolicy: Retain\n")
		}
		if i > 0 && r.IntN(2) == 0 {
			fmt.Fprintf(&b, "    DependsOn: R%d\n", r.IntN(i))
		}
		b.WriteString("    Properties:\n      Fixed: x\n")
		if i == 0 || r.IntN(3) == 0 {
			fmt.Fprintf(&b, "      %s: !Ref Setting\n", []string{"CidrBlock", "Comment"}[r.IntN(2)])
		}
		s.ids = append(s.ids, id)
	}
	s.body = b.String()
	return s
}

func (x *trial) any() string { return x.random.ids[x.r.IntN(len(x.random.ids))] }

// once returns true one time in n.
func (x *trial) once(n int) bool { return x.r.IntN(n) == 0 }

// outcomes decides which resources fail, and the error of the server's clock.
func (x *trial) outcomes() {
	if x.once(6) {
		x.skew = time.Duration(x.r.IntN(200)-100) * time.Hour
		x.SkewClock(x.skew)
	}
	if x.once(3) {
		x.FailCreate(x.any(), "no more \x1b[31mof these")
	}
	if x.once(3) {
		x.FailUpdate(x.any(), "cannot be updated")
	}
	if x.once(4) {
		x.FailRollback(x.any(), "cannot go back")
	}
	if x.once(4) {
		x.FailDelete(x.any(), "in use")
	}
	if x.once(30) {
		x.FailChangeSet("not valid")
	}
}

var (
	readings = []string{"DescribeStacks", "DescribeStackEvents", "DescribeStackEvents",
		"DescribeStackEvents", "DescribeChangeSet", "ListChangeSets", "*"}
	requests = []string{"CreateChangeSet", "ExecuteChangeSet", "ExecuteChangeSet", "DeleteStack",
		"DeleteChangeSet"}
	passings = []cfntest.Fault{cfntest.Throttle, cfntest.ServerError, cfntest.Unavailable,
		cfntest.ResetBefore, cfntest.ResetAfter, cfntest.Hang, cfntest.Malformed}
)

// faults decides which faults occur between the program and the server.
func (x *trial) faults() {
	for range x.r.IntN(7) {
		action := readings[x.r.IntN(len(readings))]
		if x.once(3) {
			action = requests[x.r.IntN(len(requests))]
		}
		after, times := cfntest.After(x.r.IntN(8)), cfntest.Times(1+x.r.IntN(12))
		switch {
		case x.once(8):
			x.Fault(action, cfntest.ExpiredToken, after, cfntest.Times(1+x.r.IntN(4)))
		case x.once(10):
			x.FaultReply(action, 200, "", after, times)
		case x.once(8):
			x.loops = true
			x.Fault("DescribeStackEvents", cfntest.LoopToken, after, cfntest.Times(1+x.r.IntN(5)))
		default:
			x.Fault(action, passings[x.r.IntN(len(passings))], after, times)
		}
	}
	if x.once(3) {
		x.StaleReads(time.Duration(x.r.IntN(20)) * time.Second)
	}
	if x.wide {
		x.late = time.Duration(x.r.IntN(10_000)) * time.Millisecond
		ids := []string{x.any(), x.any()}
		if x.once(2) {
			ids = nil
		}
		x.LateEvents(x.late, ids...)
	}
}

// interfere lets somebody else begin something, which the server may refuse.
func (x *trial) interfere() {
	begin := []func(string) error{x.ForeignUpdate, x.ForeignCancel, x.ForeignDelete}[x.r.IntN(3)]
	x.OnCall([]string{"DescribeStackEvents", "DescribeChangeSet", "ExecuteChangeSet"}[x.r.IntN(3)],
		1+x.r.IntN(12), func() { begin("flow") })
}
