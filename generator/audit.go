package generator

import (
	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/awslabs/goformation/v7/cloudformation/s3"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// audit adds the bucket of logs and the flow log, where they are asked for.
func (b builder) audit() {
	logs := b.Add(cfn.Resource{
		ID: "LogBucket", Doc: "Access and flow logs. It outlives the stack.",
		Condition: condition("LogBucket"), DeletionPolicy: "Retain",
		Metadata: except(nil, []string{"S3_BUCKET_LOGGING_ENABLED", "S3_DEFAULT_ENCRYPTION_KMS", "S3_BUCKET_VERSIONING_ENABLED",
			"S3_BUCKET_REPLICATION_ENABLED", "S3_BUCKET_DEFAULT_LOCK_ENABLED"}, exception{"AwsSolutions-S1", "logging to itself would loop"}),
	}, &s3.Bucket{
		BucketEncryption: &s3.Bucket_BucketEncryption{
			ServerSideEncryptionConfiguration: []s3.Bucket_ServerSideEncryptionRule{{
				// Log delivery writes with no other encryption.
				ServerSideEncryptionByDefault: &s3.Bucket_ServerSideEncryptionByDefault{SSEAlgorithm: "AES256"},
			}},
		},
		OwnershipControls:              ownedByUs(),
		PublicAccessBlockConfiguration: blockPublicAccess(),
		LifecycleConfiguration: &s3.Bucket_LifecycleConfiguration{Rules: []s3.Bucket_Rule{{
			Id: new("expire-logs"), Status: "Enabled", ExpirationInDays: new(90),
		}}},
		Tags: named("logs"),
	}, nil)
	policy := b.Add(cfn.Resource{
		ID: "LogBucketPolicy", Doc: "Who writes logs, for this account alone. It stays too.",
		Condition: condition("LogBucket"), DeletionPolicy: "Retain",
	}, &s3.BucketPolicy{Bucket: logs, PolicyDocument: policy(deliveries()...)}, nil)
	b.Add(cfn.Resource{
		ID: "FlowLog", Doc: "Records the traffic of the VPC.", Condition: condition("FlowLog"),
		Metadata: after(wanted{condition("LogBucket"), policy}),
	}, &ec2.FlowLog{
		ResourceId: cfn.Ref("Vpc"), ResourceType: "VPC", TrafficType: new("ALL"), LogDestinationType: new("s3"),
		LogDestination: new(cfn.Sub("${LogBucket.Arn}/vpc", nil)), Tags: named("traffic"),
	}, nil)
}

// deliveries let the log services write, for this account and from where they
// are asked to.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
func deliveries() []any {
	flows := cfn.Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*", nil)
	return []any{
		denyAll("DenyInsecureTransport", "LogBucket", "Bool", "aws:SecureTransport", "false"),
		cfn.If("BucketLog", delivery("AccessLog", "logging.s3.amazonaws.com", cfn.GetAtt("Bucket", "Arn"),
			[]string{"s3:PutObject"}, cfn.Sub("${LogBucket.Arn}/s3/*", nil)), cfn.NoValue),
		delivery("FlowLog", "delivery.logs.amazonaws.com", flows, []string{"s3:PutObject", "s3:GetBucketAcl", "s3:ListBucket"},
			cfn.Sub("${LogBucket.Arn}/vpc/*", nil), cfn.GetAtt("LogBucket", "Arn")),
	}
}

func delivery(sid, service, source string, actions []string, resources ...string) map[string]any {
	return map[string]any{
		"Sid": sid, "Effect": "Allow", "Principal": map[string]any{"Service": service},
		"Action": actions, "Resource": resources,
		"Condition": map[string]any{
			"StringEquals": map[string]any{"aws:SourceAccount": cfn.Ref("AWS::AccountId")},
			"ArnLike":      map[string]any{"aws:SourceArn": source},
		},
	}
}
