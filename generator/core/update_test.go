package core_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// states are all values of what updates of the compute environment depend on: type, strategy,
// service role and architecture.
func states() (all []generator.Values) {
	for _, kind := range []string{"EC2", "SPOT", "FARGATE", "FARGATE_SPOT"} {
		for _, strategy := range []string{"", "BEST_FIT", "BEST_FIT_PROGRESSIVE",
			"SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"} {
			for _, role := range []string{"", "one", "other"} {
				for _, types := range []string{"optimal", "m7g.large,c7g"} {
					v := generator.Values{"ComputeType": kind, "AllocationStrategy": strategy,
						"InstanceTypes": types, "ExistingSpotFleetRoleArn": ""}
					if role != "" {
						v["ExistingBatchServiceRoleArn"] = "arn:aws:iam::123456789012:role/" + role
					}
					if kind == "SPOT" && strategy == "BEST_FIT" {
						v["ExistingSpotFleetRoleArn"] = "arn:aws:iam::123456789012:role/fleet"
					}
					if core.Component.Check(v) == nil {
						all = append(all, v)
					}
				}
			}
		}
	}
	return all
}

// verdict returns the one verdict about an update.
func verdict(t *testing.T, old, changed generator.Values) generator.Verdict {
	t.Helper()
	all := core.Component.Verdicts("metaflow", old, changed)
	if len(all) != 1 {
		t.Fatalf("%v to %v: %d verdicts", old, changed, len(all))
	}
	return all[0]
}

// TestZoneVerdicts refuses to move a subnet that keeps its VPC and its CIDR block.
// https://github.com/caktus/aws-web-stacks/issues/6, convox/rack#1660
func TestZoneVerdicts(t *testing.T) {
	for _, test := range []struct{ name, old, changed, want string }{
		{"the same", "AvailabilityZone1=a1", "AvailabilityZone1=a1", ""},
		{"not known before", "", "AvailabilityZone1=a1", ""},
		{"given back", "AvailabilityZone1=a1", "", ""},
		{"another", "AvailabilityZone1=a1", "AvailabilityZone1=a2", "PublicSubnet1 PrivateSubnet1"},
		{"another CIDR block", "AvailabilityZone2=a1",
			"AvailabilityZone2=a2 PublicSubnet2Cidr=10.0.9.0/24", "PrivateSubnet2"},
		{"another VPC", "AvailabilityZone1=a1", "AvailabilityZone1=a2 ExistingVpcId=vpc-2", ""},
	} {
		var got []string
		for _, v := range core.Component.Verdicts("metaflow", pairs(test.old), pairs(test.changed)) {
			if v.Resource == "ComputeEnvironment" {
				continue
			}
			if v.Change != generator.Refused || !v.Covers("AvailabilityZone") || v.Covers("CidrBlock") {
				t.Errorf("%s: %+v", test.name, v)
			}
			got = append(got, v.Resource)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: got %v, want %s", test.name, got, test.want)
		}
	}
}

// resolved is what CloudFormation and AWS Batch see of a compute environment.
type resolved struct{ kind, strategy, role, fleetRole, replaces, name string }

// resolveEnvironment returns it as the template has it for values.
func resolveEnvironment(t *testing.T, v generator.Values) resolved {
	t.Helper()
	whole, err := core.Component.Built().Resolve(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range whole.Resources {
		if r.ID == "ComputeEnvironment" {
			resources, _ := r.Properties["ComputeResources"].(map[string]any)
			text := func(m map[string]any, key string) string {
				if m[key] == nil {
					return ""
				}
				return fmt.Sprint(m[key])
			}
			return resolved{text(resources, "Type"), text(resources, "AllocationStrategy"),
				text(r.Properties, "ServiceRole"), text(resources, "SpotIamFleetRole"),
				text(r.Properties, "ReplaceComputeEnvironment"), text(r.Properties, "Tags")}
		}
	}
	t.Fatal("there is no compute environment")
	return resolved{}
}

func (r resolved) fargate() bool { return strings.HasPrefix(r.kind, "FARGATE") }

// expected returns what an update does, from the properties of the resolved template before and
// after and the rules of CloudFormation and AWS Batch alone.
func (r resolved) expected(after resolved) generator.Treatment {
	switch {
	case r.fargate() != after.fargate():
		return generator.Refused
	case r.fleetRole != after.fleetRole || r.name != after.name: // create-only
		return generator.Replaced
	case (r.role == "") != (after.role == ""):
		return generator.Refused
	case after.replaces == "true":
		return generator.Replaced
	case r.strategy == "BEST_FIT":
		return generator.Refused
	}
	return generator.InPlace
}

// TestUpdateMatrix compares the verdict on every ordered pair of states with what the template
// says before and after.
func TestUpdateMatrix(t *testing.T) {
	all := states()
	var environments []resolved
	for _, v := range all {
		environments = append(environments, resolveEnvironment(t, v))
	}
	counts := map[generator.Treatment]int{}
	for i, old := range all {
		for j, changed := range all {
			v := verdict(t, old, changed)
			counts[v.Change]++
			want := environments[i].expected(environments[j])
			if v.Change != want || v.Resource != "ComputeEnvironment" {
				t.Errorf("%v to %v: %s; wanted %s", old, changed, v.Change, want)
			}
			if v.Reason == "" || (v.Way != "") != (v.Change == generator.Refused) {
				t.Errorf("%v to %v: reason %q, way %q", old, changed, v.Reason, v.Way)
			}
			if strings.ContainsAny(v.Way, "{}") {
				t.Errorf("%v to %v: %q", old, changed, v.Way)
			}
		}
	}
	if len(all) != 84 || len(counts) != 3 {
		t.Errorf("%d states, %v", len(all), counts)
	}
	t.Logf("%d pairs: %v", len(all)*len(all), counts)
}

// TestGenerationIsAWay: with another generation, which is the way out that refusals name, every
// pair that stays on instances or on Fargate replaces the environment.
func TestGenerationIsAWay(t *testing.T) {
	for _, old := range states() {
		for _, changed := range states() {
			v := verdict(t, old, changed)
			if v.Change != generator.Refused || strings.Contains(v.Reason, "Fargate") {
				continue
			}
			if !strings.Contains(v.Way, "--compute-generation 2") {
				t.Fatalf("%v to %v: %q", old, changed, v.Way)
			}
			again := maps.Clone(changed)
			again["ComputeGeneration"] = "2"
			if v := verdict(t, old, again); v.Change != generator.Replaced {
				t.Errorf("%v to %v: %s, %s", old, again, v.Change, v.Reason)
			}
		}
	}
}

// TestGenerationChangesTheTag: the tag is what CloudFormation replaces the environment for.
func TestGenerationChangesTheTag(t *testing.T) {
	names := map[string]bool{}
	for _, generation := range []string{"1", "2", "3"} {
		names[resolveEnvironment(t, generator.Values{"ComputeGeneration": generation}).name] = true
	}
	if len(names) != 3 {
		t.Errorf("three generations have the tags %v", names)
	}
}

// TestUpdateOfNames: an environment with a name is not replaced under it.
func TestUpdateOfNames(t *testing.T) {
	for _, test := range []struct {
		old, changed string
		want         generator.Treatment
		early        bool // it is refused whatever changes
		way          string
	}{
		{"", "InstanceTypes=m6i", generator.InPlace, false, ""},
		{"", "ComputeEnvironmentName=theirs", generator.Replaced, false, ""},
		{"", "ComputeEnvironmentName=", generator.Replaced, false, ""},
		{"", "ComputeGeneration=2", generator.Refused, true, "--compute-environment-name"},
		{"", "ComputeGeneration=2 ComputeEnvironmentName=theirs", generator.Replaced, false, ""},
		{"", "AllocationStrategy=BEST_FIT", generator.Refused, true, "--compute-environment-name"},
		{"AllocationStrategy=BEST_FIT", "MaxvCpus=8", generator.Refused, false,
			"--unset ComputeEnvironmentName"},
		{"AllocationStrategy=BEST_FIT", "AllocationStrategy=", generator.Refused, true,
			"--compute-environment-name"},
		{"ComputeType=FARGATE", "ComputeType=FARGATE_SPOT", generator.Refused, true,
			"--compute-environment-name"},
		{"ComputeType=FARGATE", "MaxvCpus=8", generator.Refused, false,
			"--compute-environment-name"},
	} {
		old := pairs("ComputeEnvironmentName=ours " + test.old)
		changed := maps.Clone(old)
		maps.Copy(changed, pairs(test.changed))
		v := verdict(t, old, changed)
		early := v.Change == generator.Refused && len(v.Properties) == 0
		if v.Change != test.want || early != test.early || !strings.Contains(v.Way, test.way) {
			t.Errorf("%v to %v: %+v", old, changed, v)
		}
		if test.want == generator.Refused && v.Covers("ComputeResources.MaxvCpus") != test.early {
			t.Errorf("%v to %v: the verdict is about MaxvCpus", old, changed)
		}
	}
}

// pairs returns the values of words like Name=value.
func pairs(text string) generator.Values {
	v := generator.Values{}
	for pair := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(pair, "=")
		v[name] = value
	}
	return v
}

// TestImageRefresh: the image is refreshed where there is one that can be, and the date that is
// kept asks for nothing.
func TestImageRefresh(t *testing.T) {
	const environment = "ExistingComputeEnvironmentArn=" +
		"arn:aws:batch:us-east-1:123456789012:compute-environment/x"
	for _, test := range []struct {
		old, changed string
		want         generator.Treatment
		reason       string
	}{
		{"", "ImageRefresh=2026-01-31", generator.InPlace, "1440 minutes (JobExecutionTimeoutMinutes)"},
		{"JobExecutionTimeoutMinutes=60", "ImageRefresh=2026-01-31", generator.InPlace, "60 minutes"},
		{"", "JobExecutionTimeoutMinutes=60", generator.InPlace, "60 minutes"},
		{"AllocationStrategy=BEST_FIT", "ImageRefresh=2026-01-31", generator.Replaced, "BEST_FIT"},
		{"ImageRefresh=2026-01-31", "ImageId=ami-01234567", generator.InPlace, ""},
		{"ImageRefresh=2026-01-31", "ImageRefresh=", generator.InPlace, ""},
		{"ImageId=ami-01234567", "ImageRefresh=2026-01-31", generator.Refused, "ami-01234567"},
		{"ComputeType=FARGATE", "ImageRefresh=2026-01-31", generator.Refused, "Fargate"},
		{environment, "ImageRefresh=2026-01-31", generator.Refused, "no compute environment"},
	} {
		old := pairs(test.old)
		changed := maps.Clone(old)
		maps.Copy(changed, pairs(test.changed))
		v := verdict(t, old, changed)
		if v.Change != test.want || !strings.Contains(v.Reason, test.reason) {
			t.Errorf("%v to %v: %+v", old, changed, v)
		}
	}
}

// TestNoVerdict: where no environment is kept there is nothing to say.
func TestNoVerdict(t *testing.T) {
	reuse := pairs("ExistingJobQueueArn=arn:aws:batch:us-east-1:123456789012:job-queue/q")
	for _, both := range [][2]generator.Values{{reuse, nil}, {nil, reuse}, {reuse, reuse}} {
		if all := core.Component.Verdicts("metaflow", both[0], both[1]); all != nil {
			t.Errorf("%v: %v", both, all)
		}
	}
}

// TestArchitecture: a change of architecture is said where the environment takes it.
func TestArchitecture(t *testing.T) {
	for types, arm := range map[string]bool{
		"optimal": false, "default_x86_64": false, "m6i.large,c7a": false, "g5.xlarge": false,
		"g4dn.xlarge": false, "p4d.24xlarge": false, "trn1.2xlarge": false, "u-6tb1.56xlarge": false,
		"default_arm64": true, "m7g.large": true, "c6gn": true, "g5g.xlarge": true, "a1.large": true,
		"im4gn.large": true, "x2gd": true, "hpc7g": true, "m6i.large, t4g.small": true,
	} {
		v := verdict(t, nil, generator.Values{"InstanceTypes": types})
		if v.Change != generator.InPlace || strings.Contains(v.Reason, "must be for arm64") != arm {
			t.Errorf("%s: %+v", types, v)
		}
	}
}
