package safety

import (
	"fmt"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/generator/hardening"
)

// accessLogged is whether the access log of a bucket is to be delivered.
func (t *template) accessLogged() bool {
	return t.subject.component == hardening.Component && t.values["ExistingBucketName"] != ""
}

// flowLogged is whether the traffic of the VPC is to be recorded.
func (t *template) flowLogged() bool {
	return t.values["VpcFlowLog"] == "true" && t.values["ExistingVpcId"] != ""
}

func flowLog(t *template) (f findings) {
	if t.has("FlowLog") != t.flowLogged() {
		f.add("FlowLog: exists: %t; wanted %t", t.has("FlowLog"), t.flowLogged())
	}
	logs := "arn:${AWS::Partition}:s3:::" + t.ours("ExistingLogBucketName", "${LogBucket}") + "/vpc"
	for r := range t.of("AWS::EC2::FlowLog") {
		f.want(r, "ResourceId", t.values["ExistingVpcId"])
		f.want(r, "ResourceType", "VPC")
		f.want(r, "TrafficType", "ALL")
		f.want(r, "LogDestinationType", "s3")
		f.want(r, "LogDestination", logs)
	}
	return f
}

// flowLogLast wants the flow log to wait for every other resource, itself or
// through one that it waits for.
func flowLogLast(t *template) (f findings) {
	if !t.has("FlowLog") {
		return nil
	}
	before := map[string]bool{}
	t.before("FlowLog", before)
	for _, r := range t.resources {
		if !before[r.id] {
			f.add("FlowLog: does not wait for %s", r.id)
		}
	}
	return f
}

// before adds a resource, and what it waits for or refers to.
func (t *template) before(id string, seen map[string]bool) {
	r, exists := t.find(id)
	if !exists || seen[id] {
		return
	}
	seen[id] = true
	for _, other := range texts(r.raw["DependsOn"]) {
		t.before(other, seen)
	}
	for v := range nodes(r.properties) {
		m, _ := v.(map[string]any)
		if name, argument, ok := function(m); ok {
			for variable := range variables(call(name, argument)) {
				other, _, _ := strings.Cut(variable, ".")
				t.before(other, seen)
			}
		}
	}
}

// deliveries are what may be written into the log bucket, and for whom.
func deliveries(t *template) (grants, conditions []string) {
	add := func(service, actions, resources, source string) {
		grants = append(grants, fmt.Sprintf("{Service: %s} %s %s", service, actions, resources))
		conditions = append(conditions, fmt.Sprintf("{ArnLike: {aws:SourceArn: %s}, "+
			"StringEquals: {aws:SourceAccount: ${AWS::AccountId}}}", source))
	}
	if t.accessLogged() {
		add("logging.s3.amazonaws.com", "[s3:PutObject]", "[${LogBucket.Arn}/s3/*]",
			"arn:${AWS::Partition}:s3:::"+t.values["ExistingBucketName"])
	}
	if t.flowLogged() {
		add("delivery.logs.amazonaws.com", "[s3:PutObject, s3:GetBucketAcl, s3:ListBucket]",
			"[${LogBucket.Arn}/vpc/*, ${LogBucket.Arn}]",
			"arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")
	}
	return grants, conditions
}

// bucketGrants compares all that the policies of buckets allow with what is
// wanted, which for the bucket of the data is nothing.
func bucketGrants(t *template) (f findings) {
	for r := range t.of("AWS::S3::Bucket") {
		var want, got []string
		if r.id == "LogBucket" {
			want, _ = deliveries(t)
		}
		for _, s := range policyOf(t, r.id) {
			if text(s["Effect"]) != "Deny" {
				got = append(got, says(s, "Principal", "Action", "Resource"))
			}
		}
		if !slices.Equal(got, want) {
			f.add("%s: its policy allows %v; wanted %v", r.id, got, want)
		}
	}
	return f
}

func deliverySource(t *template) (f findings) {
	_, want := deliveries(t)
	for r := range t.only("LogBucket") {
		var got []string
		for _, s := range policyOf(t, r.id) {
			if text(s["Effect"]) != "Deny" {
				got = append(got, portable(text(s["Condition"])))
			}
		}
		if !slices.Equal(got, want) {
			f.add("%s: delivery is allowed under %v; wanted %v", r.id, got, want)
		}
	}
	return f
}
