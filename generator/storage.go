package generator

import (
	"github.com/awslabs/goformation/v7/cloudformation/s3"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// storage adds the bucket and returns its name.
func (b builder) storage() string {
	bucket := b.Add(cfn.Resource{
		ID: "Bucket", Doc: "Artifacts, code and logs of flows. It outlives the stack.",
		Condition: condition("Bucket"), DeletionPolicy: "Retain",
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
		OwnershipControls: &s3.Bucket_OwnershipControls{
			Rules: []s3.Bucket_OwnershipControlsRule{{ObjectOwnership: new("BucketOwnerEnforced")}},
		},
		PublicAccessBlockConfiguration: &s3.Bucket_PublicAccessBlockConfiguration{
			BlockPublicAcls: new(true), BlockPublicPolicy: new(true),
			IgnorePublicAcls: new(true), RestrictPublicBuckets: new(true),
		},
		VersioningConfiguration: &s3.Bucket_VersioningConfiguration{Status: "Enabled"},
		LifecycleConfiguration: &s3.Bucket_LifecycleConfiguration{Rules: []s3.Bucket_Rule{{
			Id:                             new("expire-leftovers"),
			Status:                         "Enabled",
			ExpiredObjectDeleteMarker:      new(true),
			NoncurrentVersionExpiration:    &s3.Bucket_NoncurrentVersionExpiration{},
			AbortIncompleteMultipartUpload: &s3.Bucket_AbortIncompleteMultipartUpload{DaysAfterInitiation: 7},
		}}},
		Tags: named("data"),
	}, cfn.Set{
		"BucketEncryption.ServerSideEncryptionConfiguration[0].BucketKeyEnabled":     cfn.If("UseKms", true, cfn.NoValue),
		"LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration.NoncurrentDays": noncurrentVersionDays.ref(),
	})
	b.Add(cfn.Resource{
		ID: "BucketPolicy", Doc: "Only encrypted connections, of TLS 1.2 or newer. It stays with the bucket.",
		Condition: condition("Bucket"), DeletionPolicy: "Retain",
	}, &s3.BucketPolicy{
		Bucket: bucket,
		PolicyDocument: policy(
			denyAll("DenyInsecureTransport", "Bool", "aws:SecureTransport", "false"),
			denyAll("DenyOldTls", "NumericLessThan", "s3:TlsVersion", "1.2"),
		),
	}, nil)
	return use("Bucket", bucket)
}

// denyAll refuses everybody everything on our bucket where a condition holds.
func denyAll(sid, operator, key, value string) map[string]any {
	return map[string]any{
		"Sid": sid, "Effect": "Deny", "Principal": map[string]any{"AWS": "*"}, "Action": []string{"s3:*"},
		"Resource":  []string{cfn.GetAtt("Bucket", "Arn"), cfn.Sub("${Bucket.Arn}/*", nil)},
		"Condition": map[string]any{operator: map[string]any{key: value}},
	}
}

// bucketARN is the ARN of the bucket, or of what path names in it.
func bucketARN(bucket, path string) string {
	return cfn.Sub("arn:${AWS::Partition}:s3:::${Bucket}"+path, map[string]string{"Bucket": bucket})
}
