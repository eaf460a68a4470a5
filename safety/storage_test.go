package safety

import (
	"fmt"
	"slices"
	"strings"
)

// bucketProperties are all that a bucket may have: others publish it, copy it
// elsewhere or tell others of it.
var bucketProperties = []string{"BucketEncryption", "BucketName", "LifecycleConfiguration", "LoggingConfiguration",
	"OwnershipControls", "PublicAccessBlockConfiguration", "Tags", "VersioningConfiguration"}

func bucketPrivate(t *template) (f findings) {
	for r := range t.of("AWS::S3::Bucket") {
		f.want(r, "PublicAccessBlockConfiguration",
			"{BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}")
		for key := range r.properties {
			if !slices.Contains(bucketProperties, key) {
				f.add("%s: has %s", r.id, key)
			}
		}
	}
	return f
}

func bucketOwned(t *template) (f findings) {
	for r := range t.of("AWS::S3::Bucket") {
		f.want(r, "OwnershipControls", "{Rules: [{ObjectOwnership: BucketOwnerEnforced}]}")
	}
	return f
}

func bucketEncrypted(t *template) (f findings) {
	for r := range t.of("AWS::S3::Bucket") {
		want := "SSEAlgorithm: " + t.values["BucketEncryption"]
		if key := t.values["KmsKeyArn"]; key != "" {
			want = "KMSMasterKeyID: " + key + ", " + want
		}
		if r.id == "LogBucket" { // log delivery writes with no other
			want = "SSEAlgorithm: AES256"
		}
		f.want(r, "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault", "{"+want+"}")
		if n := len(list(r.at("BucketEncryption.ServerSideEncryptionConfiguration"))); n != 1 {
			f.add("%s: has %d rules of encryption", r.id, n)
		}
	}
	return f
}

func bucketKey(t *template) (f findings) {
	for r := range t.of("AWS::S3::Bucket") {
		encryption := at(r.at("BucketEncryption"), "ServerSideEncryptionConfiguration.0")
		if kms := text(at(encryption, "ServerSideEncryptionByDefault.SSEAlgorithm")) == "aws:kms"; kms && at(encryption, "BucketKeyEnabled") != true {
			f.add("%s: has no bucket key", r.id)
		}
	}
	return f
}

// denies is whether the policy of a bucket of ours refuses everybody everything
// under the condition.
func denies(t *template, bucket, condition string) bool {
	want := fmt.Sprintf("Deny {AWS: *} [s3:*] [${%s.Arn}, ${%s.Arn}/*] %s", bucket, bucket, condition)
	for _, s := range policyOf(t, bucket) {
		if fmt.Sprint(text(s["Effect"]), " ", text(s["Principal"]), " ", text(s["Action"]), " ", text(s["Resource"]), " ", text(s["Condition"])) == want {
			return true
		}
	}
	return false
}

// policyOf is the statements of the policy of a bucket of ours.
func policyOf(t *template, bucket string) []map[string]any {
	var out []map[string]any
	for r := range t.of("AWS::S3::BucketPolicy") {
		if r.text("Bucket") == "${"+bucket+"}" {
			out = append(out, statements(r.at("PolicyDocument"))...)
		}
	}
	return out
}

func bucketTLS(t *template) (f findings) {
	for r := range t.of("AWS::S3::Bucket") {
		if !denies(t, r.id, "{Bool: {aws:SecureTransport: false}}") {
			f.add("%s: is reached without TLS", r.id)
		}
	}
	return f
}

func bucketNewTLS(t *template) (f findings) {
	for r := range t.only("Bucket") {
		if !denies(t, r.id, "{NumericLessThan: {s3:TlsVersion: 1.2}}") {
			f.add("%s: is reached with TLS older than 1.2", r.id)
		}
	}
	return f
}

func bucketVersioned(t *template) (f findings) {
	for r := range t.only("Bucket") {
		f.want(r, "VersioningConfiguration", "{Status: Enabled}")
	}
	return f
}

// bucketLifecycle wants the rules as a whole: any other could expire data.
func bucketLifecycle(t *template) (f findings) {
	want := map[string]string{
		"Bucket": "AbortIncompleteMultipartUpload: {DaysAfterInitiation: 7}, ExpiredObjectDeleteMarker: true, " +
			"NoncurrentVersionExpiration: {NoncurrentDays: " + t.values["NoncurrentVersionDays"] + "}",
		"LogBucket": "ExpirationInDays: 90",
	}
	for r := range t.of("AWS::S3::Bucket") {
		var got []string
		for _, v := range list(r.at("LifecycleConfiguration.Rules")) {
			rule, _ := v.(map[string]any)
			rest := map[string]any{}
			for key, value := range rule {
				if key != "Id" {
					rest[key] = value
				}
			}
			got = append(got, text(rest))
		}
		if want := "{" + want[r.id] + ", Status: Enabled}"; !slices.Equal(got, []string{want}) {
			f.add("%s: has the lifecycle %v; wanted %s", r.id, got, want)
		}
	}
	return f
}

func retained(t *template) (f findings) {
	for r := range t.of("AWS::S3::Bucket", "AWS::S3::BucketPolicy") {
		if r.raw["DeletionPolicy"] != "Retain" || r.raw["UpdateReplacePolicy"] != "Retain" {
			f.add("%s: goes with the stack", r.id)
		}
	}
	return f
}

func accessLog(t *template) (f findings) {
	for r := range t.of("AWS::S3::Bucket") {
		want := ""
		if r.id == "Bucket" && t.values["AuditLogs"] == "true" { // logging to itself would loop
			want = "{DestinationBucketName: ${LogBucket}, LogFilePrefix: s3/}"
		}
		f.want(r, "LoggingConfiguration", want)
	}
	return f
}

func flowLog(t *template) (f findings) {
	if t.has("Vpc") && t.values["AuditLogs"] == "true" && !t.has("FlowLog") {
		f.add("Vpc: has no flow log")
	}
	for r := range t.only("FlowLog") {
		f.want(r, "ResourceId", "${Vpc}")
		f.want(r, "ResourceType", "VPC")
		f.want(r, "TrafficType", "ALL")
		f.want(r, "LogDestinationType", "s3")
		f.want(r, "LogDestination", "${LogBucket.Arn}/vpc")
	}
	return f
}

// deliveries are what may be written into the log bucket, and for whom.
func deliveries(t *template) (grants, conditions []string) {
	add := func(service, actions, resources, source string) {
		grants = append(grants, fmt.Sprintf("{Service: %s} %s %s", service, actions, resources))
		conditions = append(conditions, fmt.Sprintf("{ArnLike: {aws:SourceArn: %s}, StringEquals: {aws:SourceAccount: ${AWS::AccountId}}}", source))
	}
	if t.has("Bucket") {
		add("logging.s3.amazonaws.com", "[s3:PutObject]", "[${LogBucket.Arn}/s3/*]", "${Bucket.Arn}")
	}
	add("delivery.logs.amazonaws.com", "[s3:PutObject, s3:GetBucketAcl, s3:ListBucket]", "[${LogBucket.Arn}/vpc/*, ${LogBucket.Arn}]",
		"arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")
	return grants, conditions
}

func bucketGrants(t *template) (f findings) {
	for r := range t.of("AWS::S3::Bucket") {
		var want, got []string
		if r.id == "LogBucket" {
			want, _ = deliveries(t)
		}
		for _, s := range policyOf(t, r.id) {
			if text(s["Effect"]) != "Deny" {
				got = append(got, strings.Join([]string{text(s["Principal"]), text(s["Action"]), text(s["Resource"])}, " "))
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
