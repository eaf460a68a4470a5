package core

import (
	"github.com/awslabs/goformation/v7/cloudformation/s3"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// bucket adds the bucket with its policy.
func (b builder) bucket() {
	const encryption = "BucketEncryption.ServerSideEncryptionConfiguration[0]."
	bucket := b.Add(cfn.Resource{
		ID: "Bucket", Doc: "Holds the data of the flows. It is kept when the stack is deleted.",
		Condition: needs.Condition("Bucket"), DeletionPolicy: "RetainExceptOnCreate",
		Metadata: standard.Suppress(nil, "S3_BUCKET_LOGGING_ENABLED",
			"S3_BUCKET_REPLICATION_ENABLED", "S3_BUCKET_DEFAULT_LOCK_ENABLED"),
	}, &s3.Bucket{
		BucketName: new(storage.newBucketName.If("HasBucketName")),
		BucketEncryption: &s3.Bucket_BucketEncryption{
			ServerSideEncryptionConfiguration: []s3.Bucket_ServerSideEncryptionRule{{
				ServerSideEncryptionByDefault: &s3.Bucket_ServerSideEncryptionByDefault{
					SSEAlgorithm:   storage.bucketEncryption.Ref(),
					KMSMasterKeyID: new(storage.kmsKeyArn.If("HasKmsKey")),
				},
			}},
		},
		OwnershipControls:              standard.BucketOwnerEnforced(),
		PublicAccessBlockConfiguration: standard.BlockPublicAccess(),
		VersioningConfiguration:        &s3.Bucket_VersioningConfiguration{Status: "Enabled"},
		LifecycleConfiguration: &s3.Bucket_LifecycleConfiguration{Rules: []s3.Bucket_Rule{{
			Id:                          new("expire-leftovers"),
			Status:                      "Enabled",
			ExpiredObjectDeleteMarker:   new(true),
			NoncurrentVersionExpiration: &s3.Bucket_NoncurrentVersionExpiration{},
			AbortIncompleteMultipartUpload: &s3.Bucket_AbortIncompleteMultipartUpload{
				DaysAfterInitiation: 7,
			},
		}}},
		Tags: standard.NameTags("data"),
	}, cfn.Set{
		"LoggingConfiguration": cfn.If("HasAccessLogBucket", map[string]any{
			"DestinationBucketName": storage.accessLogBucketName.Ref(), "LogFilePrefix": "s3/",
		}, cfn.NoValue),
		encryption + "BucketKeyEnabled": cfn.If("UseKms", true, cfn.NoValue),
		"LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration.NoncurrentDays": storage.
			noncurrentVersionDays.Ref(),
	})
	b.Add(cfn.Resource{
		ID: "BucketPolicy", Doc: "Refuses TLS older than 1.2. It is kept with the bucket.",
		Condition: needs.Condition("Bucket"), DeletionPolicy: "RetainExceptOnCreate",
	}, &s3.BucketPolicy{
		Bucket: bucket,
		PolicyDocument: standard.Policy(
			standard.DenyInsecureTransport("Bucket"),
			standard.DenyAll("DenyOldTls", "Bucket", "NumericLessThan", "s3:TlsVersion", "1.2"),
		),
	}, nil)
}
