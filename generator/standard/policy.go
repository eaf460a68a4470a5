package standard

import "github.com/metaflow-cfn/metaflow-cfn/cfn"

// Policy returns an IAM policy document.
func Policy(statements ...any) map[string]any {
	return map[string]any{"Version": "2012-10-17", "Statement": statements}
}

// Allow returns a statement that allows actions on a resource.
func Allow(sid, resource string, actions ...string) map[string]any {
	return map[string]any{
		"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": []string{resource},
	}
}

// Trust returns a statement that lets a service assume a role.
func Trust(service string) map[string]any {
	return map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"Service": service},
		"Action": []string{"sts:AssumeRole"},
	}
}

// FromAccount limits a statement that allows a service to act: only requests of this account, on
// behalf of resources whose ARN matches source.
func FromAccount(statement map[string]any, source string) map[string]any {
	statement["Condition"] = map[string]any{
		"StringEquals": map[string]any{"aws:SourceAccount": cfn.Ref("AWS::AccountId")},
		"ArnLike":      map[string]any{"aws:SourceArn": source},
	}
	return statement
}

// DenyAll denies every principal every action on a bucket of the stack if a condition is met.
func DenyAll(sid, bucket, operator, key, value string) map[string]any {
	return map[string]any{
		"Sid": sid, "Effect": "Deny", "Principal": map[string]any{"AWS": "*"},
		"Action":    []string{"s3:*"},
		"Resource":  []string{cfn.GetAtt(bucket, "Arn"), cfn.Sub("${"+bucket+".Arn}/*", nil)},
		"Condition": map[string]any{operator: map[string]any{key: value}},
	}
}

// DenyInsecureTransport denies requests without TLS to a bucket of the stack.
func DenyInsecureTransport(bucket string) map[string]any {
	return DenyAll("DenyInsecureTransport", bucket, "Bool", "aws:SecureTransport", "false")
}

// BucketARN returns the ARN of a bucket, or of a path in it.
func BucketARN(bucket, path string) string {
	vars := map[string]string{"Bucket": bucket}
	return cfn.Sub("arn:${AWS::Partition}:s3:::${Bucket}"+path, vars)
}
