package safety

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// compute yields the compute environment of ours, if there is one.
func (t *template) compute(yield func(resource) bool) { t.only("ComputeEnvironment")(yield) }

func computeSubnets(t *template) (f findings) {
	subnets := func(side string) (out []string) {
		for _, n := range []string{"1", "2"} {
			out = append(out, t.ours("Existing"+side+"Subnet"+n+"Id", "${"+side+"Subnet"+n+"}"))
		}
		return out
	}
	want := map[string][]string{
		"private": subnets("Private"), "public": subnets("Public"),
		"all": slices.Concat(subnets("Private"), subnets("Public")),
	}[t.values["ComputeSubnets"]]
	for r := range t.compute {
		f.want(r, "ComputeResources.Subnets", "["+strings.Join(want, ", ")+"]")
	}
	return f
}

func computeGroup(t *template) (f findings) {
	for r := range t.compute {
		f.want(r, "ComputeResources.SecurityGroupIds",
			"["+t.ours("ExistingSecurityGroupId", "${SecurityGroup.GroupId}")+"]")
	}
	return f
}

// given is a parameter's value, or nothing where it is the word for nothing.
func (t *template) given(name, nothing string) string {
	if v := t.values[name]; v != nothing {
		return v
	}
	return ""
}

func spending(t *template) (f findings) {
	least, desired := t.values["MinvCpus"], t.given("DesiredvCpus", "0")
	if t.fargate() {
		least, desired = "", ""
	}
	for r := range t.compute {
		f.want(r, "ComputeResources.MinvCpus", least)
		f.want(r, "ComputeResources.DesiredvCpus", desired)
		f.want(r, "ComputeResources.MaxvCpus", t.values["MaxvCpus"])
		f.want(r, "ComputeResources.BidPercentage", t.given("BidPercentage", "0"))
	}
	return f
}

func computeKind(t *template) (f findings) {
	for r := range t.compute {
		f.want(r, "Type", "MANAGED")
		f.want(r, "ComputeResources.Type", t.values["ComputeType"])
		f.want(r, "State", t.values["ComputeEnvironmentState"])
	}
	return f
}

func strategy(t *template) (f findings) {
	want := map[string]string{
		"EC2": "BEST_FIT_PROGRESSIVE", "SPOT": "SPOT_PRICE_CAPACITY_OPTIMIZED",
	}[t.values["ComputeType"]]
	if asked := t.values["AllocationStrategy"]; asked != "" && !t.fargate() {
		want = asked
	}
	for r := range t.compute {
		f.want(r, "ComputeResources.AllocationStrategy", want)
	}
	return f
}

// updatesInPlace is whether AWS Batch can replace the instances of the environment.
func (t *template) updatesInPlace() bool {
	return !t.fargate() && t.values["ExistingBatchServiceRoleArn"] == "" &&
		t.values["AllocationStrategy"] != "BEST_FIT"
}

func latestImage(t *template) (f findings) {
	want := ""
	if t.updatesInPlace() && t.values["ImageId"] == "" {
		want = "true"
	}
	for r := range t.compute {
		f.want(r, "ComputeResources.UpdateToLatestImageVersion", want)
	}
	return f
}

// generation wants the Name tag, which AWS Batch takes only at creation, to change when a new
// environment is asked for, and not otherwise.
func generation(t *template) (f findings) {
	name := "${AWS::StackName}-compute"
	if n := t.values["ComputeGeneration"]; n != "1" {
		name += "-" + n
	}
	for r := range t.compute {
		f.want(r, "Tags", "{Name: "+name+"}")
	}
	return f
}

func inPlace(t *template) (f findings) {
	for r := range t.compute {
		f.want(r, "ReplaceComputeEnvironment", strconv.FormatBool(!t.updatesInPlace()))
		f.want(r, "ServiceRole", t.values["ExistingBatchServiceRoleArn"])
	}
	return f
}

func jobsOutliveUpdates(t *template) (f findings) {
	want := "{JobExecutionTimeoutMinutes: " + t.values["JobExecutionTimeoutMinutes"] +
		", TerminateJobsOnUpdate: false}"
	if t.fargate() {
		want = ""
	}
	for r := range t.compute {
		f.want(r, "UpdatePolicy", want)
	}
	return f
}

func launched(t *template) (f findings) {
	want := "{LaunchTemplateId: ${LaunchTemplate}, Version: ${LaunchTemplate.LatestVersionNumber}}"
	if t.fargate() {
		want = ""
	}
	for r := range t.compute {
		f.want(r, "ComputeResources.LaunchTemplate", want)
	}
	return f
}

func images(t *template) (f findings) {
	var types, configuration string
	if !t.fargate() {
		types = "[" + strings.ReplaceAll(t.values["InstanceTypes"], ",", ", ") + "]"
		var entries []string
		if id := t.values["ImageId"]; id != "" {
			entries = append(entries, "ImageIdOverride: "+id)
		}
		if len(entries) > 0 || t.values["ImageType"] != "" {
			entries = append(entries, "ImageType: "+t.ours("ImageType", "ECS_AL2023"))
			configuration = "[{" + strings.Join(entries, ", ") + "}]"
		}
	}
	for r := range t.compute {
		f.want(r, "ComputeResources.InstanceTypes", types)
		f.want(r, "ComputeResources.Ec2Configuration", configuration)
	}
	return f
}

func keyPair(t *template) (f findings) {
	for r := range t.compute {
		if key := r.text("ComputeResources.Ec2KeyPair"); key != "" && key != t.values["Ec2KeyPair"] {
			f.add("%s: lets the key %s in", r.id, key)
		}
	}
	return f
}

func metadataTokens(t *template) (f findings) {
	for r := range t.of("AWS::EC2::LaunchTemplate") {
		f.want(r, "LaunchTemplateData.MetadataOptions",
			"{HttpPutResponseHopLimit: 1, HttpTokens: required}")
	}
	return f
}

// volumesEncrypted wants a key to be named, so that no other default key of the account is used, but
// for environments that a new version of the launch template would replace.
func volumesEncrypted(t *template) (f findings) {
	key := "alias/aws/ebs"
	if !t.updatesInPlace() {
		key = ""
	}
	if t.values["KmsKeyForVolumes"] == "true" {
		key = t.values["KmsKeyArn"]
	}
	for r := range t.of("AWS::EC2::LaunchTemplate") {
		for _, device := range list(r.at("LaunchTemplateData.BlockDeviceMappings")) {
			if text(at(device, "Ebs.Encrypted")) != "true" || text(at(device, "Ebs.KmsKeyId")) != key {
				f.add("%s: a volume is not encrypted with the key %q", r.id, key)
			}
		}
	}
	return f
}

// rootVolume wants the one volume to be the root device of the ECS images:
// another would come beside a root that nothing encrypts.
func rootVolume(t *template) (f findings) {
	const devices = "LaunchTemplateData.BlockDeviceMappings"
	for r := range t.of("AWS::EC2::LaunchTemplate") {
		if n := len(list(r.at(devices))); n != 1 {
			f.add("%s: has %d volumes", r.id, n)
		}
		f.want(r, devices+".0.DeviceName", "/dev/xvda")
		f.want(r, devices+".0.Ebs.DeleteOnTermination", "true")
		f.want(r, devices+".0.Ebs.VolumeSize", t.values["VolumeSize"])
		f.want(r, devices+".0.Ebs.VolumeType", "gp3")
	}
	return f
}

func plainInstances(t *template) (f findings) {
	want := []string{"BlockDeviceMappings", "MetadataOptions", "TagSpecifications"}
	for r := range t.of("AWS::EC2::LaunchTemplate") {
		data, _ := r.at("LaunchTemplateData").(map[string]any)
		for key := range maps.Keys(data) {
			if !slices.Contains(want, key) {
				f.add("%s: instances get %s", r.id, key)
			}
		}
	}
	return f
}

func queue(t *template) (f findings) {
	environment := t.ours("ExistingComputeEnvironmentArn", "${ComputeEnvironment}")
	for r := range t.of("AWS::Batch::JobQueue") {
		f.want(r, "ComputeEnvironmentOrder", "[{ComputeEnvironment: "+environment+", Order: 1}]")
		f.want(r, "Priority", t.values["JobQueuePriority"])
		f.want(r, "State", t.values["JobQueueState"])
	}
	return f
}

func stuckJobs(t *template) (f findings) {
	minutes, _ := strconv.Atoi(t.values["RunnableTimeoutMinutes"])
	var want []string
	for _, reason := range []string{"MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
		"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"} {
		if minutes > 0 {
			want = append(want, fmt.Sprintf("{Action: CANCEL, MaxTimeSeconds: %d, "+
				"Reason: %s, State: RUNNABLE}", minutes*60, reason))
		}
	}
	for r := range t.of("AWS::Batch::JobQueue") {
		if got := texts(r.at("JobStateTimeLimitActions")); !slices.Equal(got, want) {
			f.add("%s: cancels %q; wanted %q", r.id, got, want)
		}
	}
	return f
}
