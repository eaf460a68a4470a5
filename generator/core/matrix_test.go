package core_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// reuse is a parameter that reuses something, with a value, and what the oracle
// calls the thing.
type reuse struct{ thing, parameter, value string }

// switches are all the parameters that reuse something. The last one matters on
// Fargate alone.
var switches = []reuse{
	{"Bucket", "ExistingBucketName", "my-bucket"},
	{"JobRole", "ExistingJobRoleArn", "arn:aws:iam::123456789012:role/job"},
	{"JobQueue", "ExistingJobQueueArn", "arn:aws:batch:us-east-1:123456789012:job-queue/jobs"},
	{"ComputeEnvironment", "ExistingComputeEnvironmentArn", "arn:aws:batch:us-east-1:123456789012:compute-environment/ce"},
	{"InstanceProfile", "ExistingInstanceProfileArn", "arn:aws:iam::123456789012:instance-profile/instance"},
	{"SecurityGroup", "ExistingSecurityGroupId", "sg-0123456789abcdef0"},
	{"PrivateSubnet1", "ExistingPrivateSubnet1Id", "subnet-0123456789abcdef1"},
	{"PrivateSubnet2", "ExistingPrivateSubnet2Id", "subnet-0123456789abcdef2"},
	{"PublicSubnet1", "ExistingPublicSubnet1Id", "subnet-0123456789abcdef3"},
	{"PublicSubnet2", "ExistingPublicSubnet2Id", "subnet-0123456789abcdef4"},
	{"PrivateRouteTable", "ExistingPrivateRouteTableId", "rtb-0123456789abcdef1"},
	{"PublicRouteTable", "ExistingPublicRouteTableId", "rtb-0123456789abcdef2"},
	{"NatGateway", "ExistingNatGatewayId", "nat-0123456789abcdef0"},
	{"Eip", "ExistingEipAllocationId", "eipalloc-0123456789abcdef0"},
	{"InternetGateway", "ExistingInternetGatewayId", "igw-0123456789abcdef0"},
	{"Vpc", "ExistingVpcId", "vpc-0123456789abcdef0"},
	{"ExecutionRole", "ExistingExecutionRoleArn", "arn:aws:iam::123456789012:role/execution"},
}

// choices are the other parameters that decide what exists. The first value is
// the default.
var choices = []struct {
	parameter string
	values    []string
}{
	{"ComputeSubnets", []string{"private", "public", "all"}},
	{"ComputeType", []string{"EC2", "SPOT", "FARGATE", "FARGATE_SPOT"}},
	{"InternetAccess", []string{"true", "false"}},
	{"NatPerZone", []string{"false", "true"}},
	{"S3Endpoint", []string{"true", "false"}},
	{"EgressPort1", []string{"0", "443"}},
}

// trial is one set of switches, where bit i reuses the thing of switches[i], with
// one value of each of the choices.
type trial struct {
	set    int
	chosen []int
}

func (tr trial) String() string {
	var of, on []string
	for i, c := range tr.chosen {
		of = append(of, choices[i].parameter+" "+choices[i].values[c])
	}
	for i, s := range switches {
		if tr.set>>i&1 == 1 {
			on = append(on, s.parameter)
		}
	}
	return fmt.Sprintf("%v, reusing %v", of, on)
}

// TestReuseMatrix resolves every combination of the reuse switches of a stack on
// instances, and compares what exists with the oracle.
func TestReuseMatrix(t *testing.T) {
	var all []trial
	for set := range 1 << (len(switches) - 1) {
		all = append(all, trial{set, make([]int, len(choices))})
	}
	runTrials(t, all, 32704)
}

// TestReuseMatrixPairwise resolves every pair of switches, each on and off,
// beside every three of the choices.
func TestReuseMatrixPairwise(t *testing.T) {
	rows := triples()
	var all []trial
	for set := range 1 << len(switches) {
		if on := bits.OnesCount(uint(set)); on > 2 && on < len(switches)-2 {
			continue
		}
		for _, row := range rows {
			all = append(all, trial{set, row})
		}
	}
	unroutable := 0 // rows without internet, but with compute in public subnets
	for _, row := range rows {
		if row[0] != 0 && row[2] != 0 {
			unroutable++
		}
	}
	// Refused without the VPC: 9 scoped switches alone, the pairs of the other 16
	// but for the C(7,2) = 21 free ones; all but the VPC, and all but it and one of
	// 16. Of the rest, the rows that no set makes good.
	const sets, noVpc = 1 + 17 + 136 + 136 + 17 + 1, 9 + (120 - 21) + 1 + 16
	runTrials(t, all, noVpc*len(rows)+(sets-noVpc)*unroutable)
}

// triples are rows of choices, among which every three values of three choices
// stand in some row. Each row is the one that adds most.
func triples() (rows [][]int) {
	every := [][]int{nil}
	for _, c := range choices {
		var longer [][]int
		for _, row := range every {
			for i := range c.values {
				longer = append(longer, append(slices.Clone(row), i))
			}
		}
		every = longer
	}
	covered := map[[6]int]bool{}
	for {
		var best [][6]int
		var row []int
		for _, candidate := range every {
			if added := slices.DeleteFunc(threes(candidate), func(three [6]int) bool { return covered[three] }); len(added) > len(best) {
				best, row = added, candidate
			}
		}
		if row == nil {
			return rows
		}
		for _, three := range best {
			covered[three] = true
		}
		rows = append(rows, row)
	}
}

// threes are the values of every three choices of a row, each after its place.
func threes(row []int) (all [][6]int) {
	for i := range row {
		for j := range i {
			for k := range j {
				all = append(all, [6]int{k, row[k], j, row[j], i, row[i]})
			}
		}
	}
	return all
}

// runTrials shares the trials out among the processors. Under the race detector
// a sample of them runs.
func runTrials(t *testing.T, all []trial, refusals int) {
	if raceDetector {
		r := rand.New(rand.NewPCG(1, 2))
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		all = all[:2000]
	}
	start, template := time.Now(), core.Component.Template()
	var (
		wait     sync.WaitGroup
		mu       sync.Mutex
		refused  int
		problems []string
	)
	for part := range slices.Chunk(all, len(all)/runtime.GOMAXPROCS(0)+1) {
		wait.Go(func() {
			for _, tr := range part {
				no, wrong := tr.run(template)
				mu.Lock()
				if no {
					refused++
				}
				for _, p := range wrong {
					problems = append(problems, tr.String()+": "+p)
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	for _, p := range problems[:min(len(problems), 20)] {
		t.Error(p)
	}
	t.Logf("%d sets: %d accepted, %d refused, %d problems, %.1f s",
		len(all), len(all)-refused, refused, len(problems), time.Since(start).Seconds())
	if !raceDetector && refused != refusals {
		t.Errorf("%d sets are refused, want %d", refused, refusals)
	}
}

// run resolves the template under the trial and compares it with the oracle.
func (tr trial) run(template *cfn.Template) (refused bool, problems []string) {
	reused, values := map[string]bool{}, generator.Values{}
	for i, c := range tr.chosen {
		values[choices[i].parameter] = choices[i].values[c]
	}
	for i, s := range switches {
		if tr.set>>i&1 == 1 {
			reused[s.thing], values[s.parameter] = true, s.value
		}
	}
	want, refusals := oracle(reused, values)
	got, err := template.Resolve(values)
	if len(refusals) > 0 {
		return true, compareRefusals(err, refusals)
	}
	if err != nil {
		return false, []string{err.Error()}
	}
	exists := map[string]bool{}
	for _, r := range got.Resources {
		exists[r.ID] = true
	}
	for id, should := range want {
		if exists[id] != should {
			problems = append(problems, fmt.Sprintf("%s exists: %t, want %t", id, exists[id], should))
		}
		delete(exists, id)
	}
	for id := range exists {
		problems = append(problems, id+" exists, which the table does not know")
	}
	return false, append(problems, walk(got)...)
}

// compareRefusals says where the error is not exactly the lines that are wanted.
func compareRefusals(err error, refusals []string) []string {
	if err == nil {
		return []string{"resolved, want a refusal"}
	}
	got := strings.Split(err.Error(), "\n")
	slices.Sort(got)
	slices.Sort(refusals)
	if !slices.Equal(got, refusals) {
		return []string{fmt.Sprintf("refused with %q, want %q", got, refusals)}
	}
	return nil
}
