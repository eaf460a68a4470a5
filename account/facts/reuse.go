package facts

import "strings"

// ReuseQuery says which resources outside a network are asked for.
type ReuseQuery struct {
	Buckets      []string // names
	Queues       []string // ARNs
	Environments []string // ARNs of compute environments
	Roles        []string // ARNs
	Profiles     []string // ARNs of instance profiles
}

// Empty reports whether the query asks for nothing.
func (q ReuseQuery) Empty() bool {
	return len(q.Buckets)+len(q.Queues)+len(q.Environments)+len(q.Roles)+len(q.Profiles) == 0
}

// Reused is what is known of the answers to a query, by name or ARN. A resource that could not
// be read is missing.
type Reused struct {
	Region  string
	Account string // "" where it is not known

	Buckets      map[string]Bucket
	Queues       map[string]Queue
	Environments map[string]Environment // those of the queues too
	Roles        map[string]Role
	Profiles     map[string]Profile
}

// Bucket is a bucket of Amazon S3.
type Bucket struct {
	Exists bool
	Region string // "" where it is not known
}

// Queue is a job queue of AWS Batch.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_JobQueueDetail.html
type Queue struct {
	Exists                bool
	State, Status, Reason string
	Kind                  string   // like ECS or EKS, "" where AWS Batch does not say
	Environments          []string // ARNs
}

// Environment is a compute environment of AWS Batch.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentDetail.html
type Environment struct {
	Exists                bool
	State, Status, Reason string
	Type                  string // MANAGED or UNMANAGED
	Orchestration         string // ECS or EKS
}

// Role is a role of IAM.
type Role struct {
	Exists bool
	Trust  string // the trust policy as JSON
}

// Trusts reports whether a service may assume the role.
func (r Role) Trusts(service string) bool { return Trusts(r.Trust, service) }

// Profile is an instance profile of IAM.
type Profile struct {
	Exists   bool
	RoleName string // "" where it has no role
	Role     Role
	Policies []string // ARNs of the managed ones that are attached to the role, nil where not known
}

// Place returns the region and the account of an ARN. Either may be "".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func Place(arn string) (region, account string) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 {
		return "", ""
	}
	return parts[3], parts[4]
}
