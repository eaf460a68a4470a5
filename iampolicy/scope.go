package iampolicy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// The parameters of policies. They are flags of the policy command only, and no
// parameters of the template.
var (
	policyAccount = &generator.Parameter{Name: "Account", Format: accountID, WhenEmpty: "that of a given ARN, else any",
		Doc: "Account of the stack."}
	policyPartition = &generator.Parameter{Name: "Partition", Allowed: []string{"", "aws", "aws-us-gov", "aws-cn"}, WhenEmpty: "that of the region or of a given ARN, else aws",
		Doc: "Partition of the account."}
	policyRegion = &generator.Parameter{Name: "Region", Format: regionName, WhenEmpty: "that of a given ARN, else any",
		Doc: "Region of the stack."}
	policyBucket = &generator.Parameter{Name: "Bucket", Format: standard.BucketName, WhenEmpty: "a name that CloudFormation makes of the stack's",
		Doc: "Bucket of the flows' data."}
	policyKmsKey = &generator.Parameter{Name: "KmsKey", Format: standard.KeyARN, WhenEmpty: "the account's aws/s3 key, which needs no permission",
		Doc: "KMS key of the bucket."}
	policyQueue = &generator.Parameter{Name: "Queue", Format: jobQueue, WhenEmpty: "any of the account and region",
		Doc: "Job queue, by ARN or name."}
	policyJobRole = &generator.Parameter{Name: "JobRole", Format: standard.RoleARN, WhenEmpty: "the stack's own",
		Doc: "Role that jobs assume."}
	policyExecutionRole = &generator.Parameter{Name: "ExecutionRole", Format: standard.RoleARN, WhenEmpty: "none but the stack's own",
		Doc: "Role with which Fargate starts jobs."}
	policyRoleArn = &generator.Parameter{Name: "RoleArn", Format: standard.RoleARN, WhenEmpty: "a role called cloudformation- and the stack's name",
		Doc: "The service role: deploy's --role-arn."}
	policyRolePath = &generator.Parameter{Name: "RolePath", Default: "/", Format: standard.IAMPath,
		Doc: "Path of the roles that the stack creates."}
	policyBoundary = &generator.Parameter{Name: "Boundary", Format: standard.PolicyARN, WhenEmpty: "the roles are unbounded",
		Doc: "Permissions boundary that every role of the stack must have: deploy's --permissions-boundary-arn."}
	policyJobPolicies = &generator.Parameter{Name: "JobPolicies", Kind: generator.List, Format: standard.PolicyARN, WhenEmpty: "none",
		Doc: "Managed policies that may be attached to the job role: deploy's --job-policy-arns."}
	policyPassRoles = &generator.Parameter{Name: "PassRoles", Kind: generator.List, Format: standard.RoleARN, WhenEmpty: "none",
		Doc: "Roles that the stack reuses: of an existing instance profile, Batch service or Spot Fleet."}
)

// PolicyParameters are what a policy can be narrowed by: everywhere, and then
// what some of the policies ask for.
var PolicyParameters = slices.Concat(everywhere, []*generator.Parameter{policyBucket, policyKmsKey, policyQueue, policyJobRole,
	policyExecutionRole, policyRoleArn, policyRolePath, policyBoundary, policyJobPolicies, policyPassRoles})

var everywhere = []*generator.Parameter{policyAccount, policyPartition, policyRegion}

var (
	accountID  = generator.Format{Pattern: "[0-9]{12}", Expected: "an account ID of twelve digits like 123456789012"}
	regionName = generator.Format{Pattern: "[a-z]{2}(-[a-z]+)+-[0-9]+", Expected: "a region like us-east-1"}
	jobQueue   = generator.Format{Pattern: standard.JobQueueARN.Pattern + "|" + standard.BatchName.Pattern,
		Expected: "a job queue's name or ARN like arn:aws:batch:us-east-1:123456789012:job-queue/name"}
)

// anywhere stands in an ARN for a region or account that nothing names.
const anywhere = "*"

// place is where and whose the resources are that a policy names.
type place struct {
	stack, partition, region, account string

	given     generator.Values
	component *generator.Component
	template  *cfn.Template
}

// placeOf finds partition, region and account among the given values: in their
// own parameters, and in every ARN. All must name the same.
func placeOf(c *generator.Component, stack string, given generator.Values) (place, []error) {
	var partition, region, account fact
	var errs []error
	learn := func(f *fact, noun, value, from string) {
		if err := f.learn(noun, value, from); err != nil {
			errs = append(errs, err)
		}
	}
	learn(&partition, "partition", given.Of(policyPartition), "--partition")
	learn(&region, "region", given.Of(policyRegion), "--region")
	learn(&partition, "partition", partitionOf(region.value), "--region")
	learn(&account, "account", given.Of(policyAccount), "--account")
	for _, p := range PolicyParameters {
		for value := range strings.SplitSeq(given.Of(p), ",") {
			part := strings.SplitN(strings.TrimSpace(value), ":", 6)
			if len(part) < 6 {
				continue // no ARN
			}
			learn(&partition, "partition", part[1], "--"+p.Flag())
			learn(&region, "region", part[3], "--"+p.Flag())
			if part[4] != "aws" { // the policies of AWS are everybody's
				learn(&account, "account", part[4], "--"+p.Flag())
			}
		}
	}
	p := place{stack: stack, partition: partition.or("aws"), region: region.or(anywhere), account: account.or(anywhere), given: given}
	p.component, p.template = c, c.Built()
	return p, errs
}

// fact is a value, and the flag that it was first learnt from.
type fact struct{ value, from string }

func (f *fact) learn(noun, value, from string) error {
	switch {
	case value == "" || value == f.value:
		return nil
	case f.value == "":
		*f = fact{value, from}
		return nil
	}
	return fmt.Errorf("%s names the %s %s, and %s %s: a stack is in one", from, noun, value, f.from, f.value)
}

func (f fact) or(otherwise string) string {
	if f.value == "" {
		return otherwise
	}
	return f.value
}

// partitionOf is the partition of a region, if there is one.
func partitionOf(region string) string {
	switch {
	case region == "":
		return ""
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	}
	return "aws"
}

// arn is a resource of the account in the region.
func (p place) arn(service, resource string) string {
	return strings.Join([]string{"arn", p.partition, service, p.region, p.account, resource}, ":")
}

// iam is a resource of IAM, which knows no regions.
func (p place) iam(resource string) string {
	return strings.Join([]string{"arn", p.partition, "iam", "", p.account, resource}, ":")
}

// keptName is how many letters of a stack's name CloudFormation keeps at least
// in the names that it makes: it gives the stack's name and the logical ID 48
// together, as is seen of deployed stacks. It is not documented.
const keptName = 24

// named is the name that CloudFormation makes for a resource: the stack's, the
// logical ID and something random.
func (p place) named(id string) string {
	if len(p.stack) > keptName {
		return p.stack[:keptName] + "*"
	}
	return p.stack + "-" + id + "-*"
}

// made are the ARNs of what the template can create of a type of IAM's, or of
// that only what holds a word. The role path is that of what takes one.
func (p place) made(kind, resourceType, word string) []string {
	var arns []string
	for _, r := range p.template.Resources {
		if r.Type != resourceType || !strings.Contains(textOf(r), word) {
			continue
		}
		path := "/"
		if _, takes := r.Properties["Path"]; takes {
			path = p.given.Of(policyRolePath)
		}
		arns = append(arns, p.iam(kind+path+p.named(r.ID)))
	}
	return slices.Compact(arns)
}

// bucketARN is the ARN of a bucket of the template.
func (p place) bucketARN(id string) string {
	name := p.given.Of(policyBucket)
	if name == "" || id != "Bucket" {
		name = strings.ToLower(p.named(id))
	}
	return "arn:" + p.partition + ":s3:::" + name
}

// list is the items of a parameter that takes a list.
func (p place) list(q *generator.Parameter) []string {
	var items []string
	for item := range strings.SplitSeq(p.given.Of(q), ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// textOf is the properties of a resource as JSON, to look for words in.
func textOf(r cfn.Resource) string {
	text, err := json.Marshal(r.Properties)
	if err != nil {
		panic(fmt.Sprintf("iampolicy: %s: %v", r.ID, err)) // decoded JSON
	}
	return string(text)
}
