package generator

import (
	"github.com/awslabs/goformation/v7/cloudformation/s3"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// storage adds the bucket and returns its name.
func (b builder) storage() string {
	bucket := b.Add(cfn.Resource{
		ID: "Bucket", Doc: "The flows' data. It outlives the stack.",
		Condition: condition("Bucket"), DeletionPolicy: "Retain",
		Metadata: except(nil, []string{"S3_BUCKET_LOGGING_ENABLED", "S3_BUCKET_REPLICATION_ENABLED", "S3_BUCKET_DEFAULT_LOCK_ENABLED"},
			exception{"AwsSolutions-S1", "AuditLogs true adds the log"}),
	}, &s3.Bucket{
		BucketName: new(optionally("HasBucketName", newBucketName)),
		BucketEncryption: &s3.Bucket_BucketEncryption{
			ServerSideEncryptionConfiguration: []s3.Bucket_ServerSideEncryptionRule{{
				ServerSideEncryptionByDefault: &s3.Bucket_ServerSideEncryptionByDefault{
					SSEAlgorithm:   bucketEncryption.ref(),
					KMSMasterKeyID: new(optionally("HasKmsKey", kmsKeyArn)),
				},
			}},
		},
		OwnershipControls:              ownedByUs(),
		PublicAccessBlockConfiguration: blockPublicAccess(),
		VersioningConfiguration:        &s3.Bucket_VersioningConfiguration{Status: "Enabled"},
		LifecycleConfiguration: &s3.Bucket_LifecycleConfiguration{Rules: []s3.Bucket_Rule{{
			Id:                             new("expire-leftovers"),
			Status:                         "Enabled",
			ExpiredObjectDeleteMarker:      new(true),
			NoncurrentVersionExpiration:    &s3.Bucket_NoncurrentVersionExpiration{},
			AbortIncompleteMultipartUpload: &s3.Bucket_AbortIncompleteMultipartUpload{DaysAfterInitiation: 7},
		}}},
		Tags: named("data"),
	}, cfn.Set{
		"LoggingConfiguration": cfn.If("BucketLog", map[string]any{"DestinationBucketName": cfn.Ref("LogBucket"), "LogFilePrefix": "s3/"}, cfn.NoValue),
		"BucketEncryption.ServerSideEncryptionConfiguration[0].BucketKeyEnabled":     cfn.If("UseKms", true, cfn.NoValue),
		"LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration.NoncurrentDays": noncurrentVersionDays.ref(),
	})
	b.Add(cfn.Resource{
		ID: "BucketPolicy", Doc: "TLS 1.2 or newer only. It stays with the bucket.",
		Condition: condition("Bucket"), DeletionPolicy: "Retain",
	}, &s3.BucketPolicy{
		Bucket: bucket,
		PolicyDocument: policy(
			denyAll("DenyInsecureTransport", "Bucket", "Bool", "aws:SecureTransport", "false"),
			denyAll("DenyOldTls", "Bucket", "NumericLessThan", "s3:TlsVersion", "1.2"),
		),
	}, nil)
	return use("Bucket", bucket)
}

// ownedByUs makes the bucket's owner own every object, whoever writes it.
func ownedByUs() *s3.Bucket_OwnershipControls {
	return &s3.Bucket_OwnershipControls{
		Rules: []s3.Bucket_OwnershipControlsRule{{ObjectOwnership: new("BucketOwnerEnforced")}},
	}
}

func blockPublicAccess() *s3.Bucket_PublicAccessBlockConfiguration {
	return &s3.Bucket_PublicAccessBlockConfiguration{
		BlockPublicAcls: new(true), BlockPublicPolicy: new(true),
		IgnorePublicAcls: new(true), RestrictPublicBuckets: new(true),
	}
}

// denyAll refuses everybody everything on a bucket of ours where a condition
// holds.
func denyAll(sid, bucket, operator, key, value string) map[string]any {
	return map[string]any{
		"Sid": sid, "Effect": "Deny", "Principal": map[string]any{"AWS": "*"}, "Action": []string{"s3:*"},
		"Resource":  []string{cfn.GetAtt(bucket, "Arn"), cfn.Sub("${"+bucket+".Arn}/*", nil)},
		"Condition": map[string]any{operator: map[string]any{key: value}},
	}
}

// bucketARN is the ARN of the bucket, or of what path names in it.
func bucketARN(bucket, path string) string {
	return cfn.Sub("arn:${AWS::Partition}:s3:::${Bucket}"+path, map[string]string{"Bucket": bucket})
}
