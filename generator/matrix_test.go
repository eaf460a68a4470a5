package generator_test

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
)

// reuse is a parameter that reuses something, with a value, and what the oracle
// calls the thing.
type reuse struct{ thing, parameter, value string }

// switches are all the parameters that reuse something.
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
}

const allSets = 1 << 16 // of the switches: bit i reuses the thing of switches[i]

// trial is one set of switches with one choice of the other parameters that
// decide what exists, or, like ComputeType, must not.
type trial struct {
	set                  int
	subnets, s3, compute string
}

func (tr trial) String() string {
	var on []string
	for i, s := range switches {
		if tr.set>>i&1 == 1 {
			on = append(on, s.parameter)
		}
	}
	return fmt.Sprintf("%s, S3Endpoint %s, %s, reusing %v", tr.subnets, tr.s3, tr.compute, on)
}

// TestReuseMatrix resolves every combination of the reuse switches, and compares
// what exists with the oracle.
func TestReuseMatrix(t *testing.T) {
	var all []trial
	for set := range allSets {
		all = append(all, trial{set, "private", "true", "EC2"})
	}
	runTrials(t, all, 32704)
}

// TestReuseMatrixPairwise resolves every pair of switches, each on and off,
// beside every choice of ComputeSubnets, S3Endpoint and ComputeType.
func TestReuseMatrixPairwise(t *testing.T) {
	var all []trial
	for set := range allSets {
		if on := bits.OnesCount(uint(set)); on > 2 && on < len(switches)-2 {
			continue
		}
		for _, subnets := range []string{"private", "public", "all"} {
			for _, s3 := range []string{"true", "false"} {
				for _, compute := range []string{"EC2", "SPOT"} {
					all = append(all, trial{set, subnets, s3, compute})
				}
			}
		}
	}
	// Refused without the VPC: 9 scoped switches alone, the pairs of the other 15
	// but for the C(6,2) = 15 free ones; all but the VPC, and all but it and one of 15.
	runTrials(t, all, 12*(9+(105-15)+1+15))
}

// runTrials shares the trials out among the processors. Under the race detector
// a sample of them runs.
func runTrials(t *testing.T, all []trial, refusals int) {
	if raceDetector {
		r := rand.New(rand.NewPCG(1, 2))
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		all = all[:2000]
	}
	start, template := time.Now(), generator.Template()
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
	reused := map[string]bool{}
	values := generator.Values{"ComputeSubnets": tr.subnets, "S3Endpoint": tr.s3, "ComputeType": tr.compute}
	for i, s := range switches {
		if tr.set>>i&1 == 1 {
			reused[s.thing], values[s.parameter] = true, s.value
		}
	}
	want, refusals := oracle(reused, tr.subnets, tr.s3 == "true")
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

// compareRefusals says where the error is not exactly one line for each of the
// things that are refused, about the VPC that they need.
func compareRefusals(err error, refusals []string) (problems []string) {
	if err == nil {
		return []string{"resolved, want a refusal"}
	}
	lines := strings.Split(err.Error(), "\n")
	for _, thing := range refusals {
		i := slices.IndexFunc(switches, func(s reuse) bool { return s.thing == thing })
		if !slices.Contains(lines, switches[i].parameter+" needs ExistingVpcId: the VPC that it belongs to") {
			problems = append(problems, thing+" is not refused: "+err.Error())
		}
	}
	if len(lines) != len(refusals) {
		problems = append(problems, "refused for other reasons too: "+err.Error())
	}
	return problems
}
