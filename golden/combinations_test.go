package golden

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

const (
	combinations = 72
	batch        = 36 // templates per process of cfn-lint
)

// factor is a choice of a user. The first value is the default.
type factor struct {
	choices []generator.Values
	inVpc   bool // the others need ExistingVpcId
	online  bool // the others need the internet, or a VPC that has a way of its own to S3
	seldom  bool // the other values leave most factors without effect
}

// reuse returns the factor of a parameter that is given or not.
func reuse(name, value string) factor {
	return factor{choices: []generator.Values{{}, {name: value}}}
}

func (f factor) scoped() factor { f.inVpc = true; return f }
func (f factor) rare() factor   { f.seldom = true; return f }
func (f factor) out() factor    { f.online = true; return f }

func oneOf(choices ...generator.Values) factor {
	return factor{choices: append([]generator.Values{{}}, choices...)}
}

const (
	arn = "arn:aws:iam::123456789012:"
	key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
)

// factors are the choices that the template depends on, except zones: cfn-lint advises against a
// literal zone (W3010).
var factors = []factor{
	reuse("ExistingVpcId", "vpc-0123456789abcdef0"),
	oneOf(generator.Values{"InternetAccess": "false"}),
	reuse("ExistingBucketName", "example-team-data"),
	reuse("ExistingJobRoleArn", arn+"role/job"),
	reuse("ExistingJobQueueArn", "arn:aws:batch:us-east-1:123456789012:job-queue/shared").rare(),
	reuse("ExistingComputeEnvironmentArn", "arn:aws:batch:us-east-1:123456789012:compute-environment/shared").rare(),
	reuse("ExistingInstanceProfileArn", arn+"instance-profile/instance"),
	reuse("ExistingEipAllocationId", "eipalloc-0123456789abcdef0"),
	reuse("ExistingSecurityGroupId", "sg-0123456789abcdef0").scoped(),
	reuse("ExistingPrivateSubnet1Id", "subnet-0123456789abcdef0").scoped(),
	reuse("ExistingPrivateSubnet2Id", "subnet-0123456789abcdef1").scoped(),
	reuse("ExistingPublicSubnet1Id", "subnet-0123456789abcdef2").scoped(),
	reuse("ExistingPublicSubnet2Id", "subnet-0123456789abcdef3").scoped(),
	reuse("ExistingPrivateRouteTableId", "rtb-0123456789abcdef0").scoped(),
	reuse("ExistingPublicRouteTableId", "rtb-0123456789abcdef1").scoped(),
	reuse("ExistingNatGatewayId", "nat-0123456789abcdef0").scoped(),
	reuse("ExistingInternetGatewayId", "igw-0123456789abcdef0").scoped(),
	oneOf(generator.Values{"ComputeSubnets": "public"}, generator.Values{"ComputeSubnets": "all"}).out(),
	oneOf(generator.Values{"S3Endpoint": "false"}).out(),
	oneOf(generator.Values{"NatPerZone": "true"}),
	oneOf(generator.Values{"AccessLogBucketName": "example-logs"}),
	oneOf(generator.Values{"EgressPort1": "443"}, generator.Values{"EgressPort1": "443", "EgressPort2": "5432"}),
	oneOf(generator.Values{"ComputeType": "SPOT"}, generator.Values{"ComputeType": "SPOT", "BidPercentage": "60"}, generator.Values{
		"ComputeType": "SPOT", "AllocationStrategy": "BEST_FIT", "ExistingSpotFleetRoleArn": arn + "role/fleet"},
		generator.Values{"ComputeType": "FARGATE"}, generator.Values{"ComputeType": "FARGATE_SPOT", "ExistingExecutionRoleArn": arn + "role/execution"}),
	oneOf(generator.Values{"BucketEncryption": "AES256"}, generator.Values{"KmsKeyArn": key}, generator.Values{"KmsKeyArn": key, "KmsKeyForVolumes": "true"}),
	oneOf(generator.Values{"MinvCpus": "4"}, generator.Values{"MinvCpus": "4", "DesiredvCpus": "8", "MaxvCpus": "16"}),
	oneOf(generator.Values{"ImageId": "ami-0123456789abcdef0"}, generator.Values{"ImageType": "ECS_AL2023_NVIDIA", "InstanceTypes": "g5.xlarge,g5.2xlarge"}),
	oneOf(generator.Values{"ComputeEnvironmentName": "metaflow-compute", "JobQueueName": "metaflow-queue", "NewBucketName": "example-data"}),
	oneOf(generator.Values{"ComputeEnvironmentState": "DISABLED", "JobQueueState": "DISABLED"}),
	oneOf(generator.Values{"RunnableTimeoutMinutes": "30", "JobQueuePriority": "10"}),
	oneOf(generator.Values{"Ec2KeyPair": "laptop", "InstanceName": "metaflow-worker", "VolumeSize": "200"}),
	oneOf(generator.Values{"ExistingBatchServiceRoleArn": arn + "role/batch"}),
	oneOf(generator.Values{"PermissionsBoundaryArn": arn + "policy/boundary", "JobPolicyArns": arn + "policy/lake," + arn + "policy/lab"}),
	oneOf(generator.Values{"RolePath": "/metaflow/"}),
}

// TestLintCombinations lints resolved templates that together contain every pair of compatible
// choices.
func TestLintCombinations(t *testing.T) {
	t.Parallel()
	sets, pairs := cover()
	dir, template := t.TempDir(), core.Component.Template()
	var files []string
	different := map[string]bool{}
	for i, set := range sets {
		if err := core.Component.Check(set); err != nil {
			t.Fatalf("%v: %v", set, err)
		}
		resolved, err := template.Resolve(set)
		if err != nil {
			t.Fatalf("%v: %v", set, err)
		}
		text, err := resolved.YAML()
		if err != nil {
			t.Fatalf("%v: %v", set, err)
		}
		different[string(text)] = true
		files = append(files, filepath.Join(dir, fmt.Sprintf("%d.yaml", i)))
		if err := os.WriteFile(files[i], text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d parameter sets with %d pairs of choices give %d templates", len(sets), pairs, len(different))
	if want := possible(); pairs != want {
		t.Errorf("the sets contain %d pairs of choices; wanted all %d", pairs, want)
	}
	if len(different) < 60 {
		t.Errorf("%d different templates; wanted 60", len(different))
	}
	for files := range slices.Chunk(files, batch) {
		t.Run(filepath.Base(files[0]), func(t *testing.T) {
			t.Parallel()
			if found := lint(t, files...); found != "" {
				t.Error(found)
			}
		})
	}
}

// cover chooses sets one by one, each the one among random sets that adds most new pairs of
// choices, and counts the pairs.
func cover() ([]generator.Values, int) {
	random := rand.New(rand.NewPCG(1, 2))
	covered := map[[4]int]bool{}
	var sets []generator.Values
	for len(sets) < combinations {
		var best []int
		most := -1
		for range 40 {
			picks := pick(random)
			added := 0
			for pair := range pairs(picks) {
				if !covered[pair] {
					added++
				}
			}
			if added > most {
				best, most = picks, added
			}
		}
		for pair := range pairs(best) {
			covered[pair] = true
		}
		set := generator.Values{}
		for i, choice := range best {
			maps.Copy(set, factors[i].choices[choice])
		}
		sets = append(sets, set)
	}
	return sets, len(covered)
}

// pick returns a random choice of each factor that the rules accept. The VPC is the first factor,
// and internet access the second.
func pick(random *rand.Rand) []int {
	picks := make([]int, len(factors))
	for i, f := range factors {
		if f.inVpc && picks[0] == 0 || f.online && picks[1] != 0 || f.seldom && random.IntN(8) > 0 {
			continue
		}
		picks[i] = random.IntN(len(f.choices))
	}
	return picks
}

// pairs yields every two choices of a set, as factor, choice, factor, choice.
func pairs(picks []int) func(yield func([4]int) bool) {
	return func(yield func([4]int) bool) {
		for i, a := range picks {
			for j, b := range picks[:i] {
				if !yield([4]int{j, b, i, a}) {
					return
				}
			}
		}
	}
}

// possible returns the number of pairs of choices that pick may make: all except a new VPC with a
// resource that must be in an existing one, and no internet with a resource that needs it.
func possible() int {
	n := 0
	for i, a := range factors {
		for _, b := range factors[:i] {
			n += len(a.choices) * len(b.choices)
		}
		if a.inVpc || a.online {
			n -= len(a.choices) - 1
		}
	}
	return n
}
