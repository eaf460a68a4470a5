package safety

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// sections are all that a resolved template has.
var sections = []string{"AWSTemplateFormatVersion", "Description", "Outputs", "Resources"}

// onlySections refuses what runs code over the template (Transform), waits for another service
// (Hooks), or has no use here.
func onlySections(t *template) (f findings) {
	for _, key := range slices.Sorted(maps.Keys(t.doc)) {
		if !slices.Contains(sections, key) {
			f.add("the template has the section %s", key)
		}
	}
	return f
}

// deletable wants that all but the buckets and their policies goes with the stack.
func deletable(t *template) (f findings) {
	for _, r := range t.resources {
		if r.id == "DatabaseInstance" || r.id == "DatabaseCluster" {
			continue // the last snapshot is the matter of another rule
		}
		if r.kind == "AWS::S3::Bucket" || r.kind == "AWS::S3::BucketPolicy" {
			continue
		}
		for _, policy := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
			if v := r.raw[policy]; v != nil && v != "Delete" {
				f.add("%s: has the %s %s", r.id, policy, text(v))
			}
		}
	}
	return f
}

// onlyDenials wants that all policies deny only what keeps requests without TLS, or with an
// old one, from a bucket: any other takes away what jobs and users need.
func onlyDenials(t *template) (f findings) {
	for _, r := range t.resources {
		for v := range nodes(r.properties) {
			s, _ := v.(map[string]any)
			if s["Effect"] != "Deny" {
				continue
			}
			condition := text(s["Condition"])
			if condition != "{Bool: {aws:SecureTransport: false}}" &&
				condition != "{NumericLessThan: {s3:TlsVersion: 1.2}}" {
				f.add("%s: denies %s %s", r.id, says(s, "Action", "Resource"), condition)
			}
		}
	}
	return f
}

// unasked are the names of properties that no parameter asks for.
var unasked = regexp.MustCompile(`^(MaxSessionDuration|PlacementGroup|Iops|Throughput|` +
	`.*Ipv6.*|Ipam.*|EgressOnlyInternetGatewayId)$`)

// onlyAsked refuses properties that cost money, open a second network beside the first, or
// lengthen what a leaked credential is good for. Those of the rules of security groups are
// judged by their own rules.
func onlyAsked(t *template) (f findings) {
	for _, r := range t.resources {
		if strings.HasPrefix(r.kind, "AWS::EC2::SecurityGroup") {
			continue
		}
		for v := range nodes(r.properties) {
			m, _ := v.(map[string]any)
			for _, key := range slices.Sorted(maps.Keys(m)) {
				if unasked.MatchString(key) {
					f.add("%s: has %s", r.id, key)
				}
			}
		}
	}
	return f
}

// noExports wants that no other stack can depend on an output: CloudFormation then refuses to
// change or delete this one.
func noExports(t *template) (f findings) {
	outputs, _ := t.doc["Outputs"].(map[string]any)
	for _, id := range slices.Sorted(maps.Keys(outputs)) {
		if export := at(outputs[id], "Export"); export != nil {
			f.add("output %s is exported as %s", id, text(export))
		}
	}
	return f
}

// noDynamicReferences wants that CloudFormation looks nothing up: a secret would become readable
// in a resource, and a value would change without a deployment. RDS alone gets the password of the
// database so, and a listener the secret of its login: they do not show it to anybody.
func noDynamicReferences(t *template) (f findings) {
	secrets := []string{passwordReference, loginField(t, "client_id"),
		loginField(t, "client_secret")}
	for v := range nodes(t.doc) {
		m, _ := v.(map[string]any)
		_, isText := v.(string)
		if _, _, isCall := function(m); isText || isCall {
			if s := text(v); !slices.Contains(secrets, s) && strings.Contains(s, "{{resolve:") {
				f.add("%s is looked up", s)
			}
		}
	}
	return f
}
