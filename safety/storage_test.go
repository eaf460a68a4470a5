package safety

import (
	"fmt"
	"slices"
	"strings"
)

// bucketProperties are all that a bucket may have: others publish it, copy it
// elsewhere or tell others of it.
var bucketProperties = []string{"BucketEncryption", "BucketName", "LifecycleConfiguration",
	"LoggingConfiguration",
	"OwnershipControls", "PublicAccessBlockConfiguration", "Tags", "VersioningConfiguration"}

func bucketPrivate(t *template) (f findings) {
	for r := range t.of("AWS::S3::Bucket") {
		f.want(r, "PublicAccessBlockConfiguration",
			"{BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, "+
				"RestrictPublicBuckets: true}")
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
		f.want(r, "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault",
			"{"+want+"}")
		if n := len(list(r.at("BucketEncryption.ServerSideEncryptionConfiguration"))); n != 1 {
			f.add("%s: has %d rules of encryption", r.id, n)
		}
	}
	return f
}

func bucketKey(t *template) (f findings) {
	for r := range t.of("AWS::S3::Bucket") {
		encryption := at(r.at("BucketEncryption"), "ServerSideEncryptionConfiguration.0")
		kms := text(at(encryption, "ServerSideEncryptionByDefault.SSEAlgorithm")) == "aws:kms"
		if kms && at(encryption, "BucketKeyEnabled") != true {
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
		if says(s, "Effect", "Principal", "Action", "Resource", "Condition") == want {
			return true
		}
	}
	return false
}

// says is the text of a statement's entries.
func says(statement map[string]any, keys ...string) string {
	var out []string
	for _, key := range keys {
		out = append(out, text(statement[key]))
	}
	return strings.Join(out, " ")
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
		"Bucket": "AbortIncompleteMultipartUpload: {DaysAfterInitiation: 7}, " +
			"ExpiredObjectDeleteMarker: true, " +
			"NoncurrentVersionExpiration: {NoncurrentDays: " + t.values["NoncurrentVersionDays"] + "}",
		"LogBucket": "ExpirationInDays: " + t.values["LogExpirationDays"],
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
		switch {
		case r.raw["DeletionPolicy"] == "Retain":
			f.add("%s: stays when the creation that makes it fails, in the way of the next", r.id)
		case r.raw["DeletionPolicy"] != "RetainExceptOnCreate", r.raw["UpdateReplacePolicy"] != "Retain":
			f.add("%s: goes with the stack", r.id)
		}
	}
	return f
}

// accessLog wants the log where it was asked for, and none of the log bucket: a
// log of its own would never end.
func accessLog(t *template) (f findings) {
	for r := range t.of("AWS::S3::Bucket") {
		want := ""
		if logs := t.values["AccessLogBucketName"]; r.id == "Bucket" && logs != "" {
			want = "{DestinationBucketName: " + logs + ", LogFilePrefix: s3/}"
		}
		f.want(r, "LoggingConfiguration", want)
	}
	return f
}
