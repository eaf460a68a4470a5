package iampolicy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// wildcard is used in an ARN for any region or account.
const wildcard = "*"

// scope is the stack that a policy is for, with the partition, region and account
// of the resources that it names.
type scope struct {
	stack, partition, region, account string

	given     generator.Values
	component *generator.Component
	template  *cfn.Template
}

// scopeOf returns the scope of a policy. It finds the partition, the region and
// the account in their own parameters and in every given ARN, which must agree.
func scopeOf(c *generator.Component, stack string, given generator.Values) (scope, []error) {
	var partition, region, account single
	var errs []error
	set := func(s *single, noun, value, from string) {
		if err := s.set(noun, value, from); err != nil {
			errs = append(errs, err)
		}
	}
	set(&partition, "partition", given.Of(param.partition), "--partition")
	set(&region, "region", given.Of(param.region), "--region")
	set(&partition, "partition", partitionOf(region.value), "--region")
	set(&account, "account", given.Of(param.account), "--account")
	for _, parameter := range PolicyParameters {
		for value := range strings.SplitSeq(given.Of(parameter), ",") {
			part := strings.SplitN(strings.TrimSpace(value), ":", 6)
			if len(part) < 6 {
				continue // not an ARN
			}
			set(&partition, "partition", part[1], "--"+parameter.Flag())
			set(&region, "region", part[3], "--"+parameter.Flag())
			if part[4] != "aws" { // policies of AWS belong to no account
				set(&account, "account", part[4], "--"+parameter.Flag())
			}
		}
	}
	return scope{
		stack: stack, partition: partition.orElse("aws"), region: region.orElse(wildcard),
		account: account.orElse(wildcard), given: given, component: c, template: c.Built(),
	}, errs
}

// single is a value that may be set once, with the flag that first set it.
type single struct{ value, from string }

// set sets the value. It returns an error if another one is set already.
func (s *single) set(noun, value, from string) error {
	switch {
	case value == "" || value == s.value:
		return nil
	case s.value == "":
		*s = single{value, from}
		return nil
	}
	return fmt.Errorf("%s names the %s %s, and %s %s: a stack is in one",
		from, noun, value, s.from, s.value)
}

// orElse returns the value, or another one if it is not set.
func (s single) orElse(other string) string {
	if s.value == "" {
		return other
	}
	return s.value
}

// partitionOf returns the partition of a region, or nothing for no region.
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

// arn returns the ARN of a resource in the region of the stack.
func (sc scope) arn(service, resource string) string {
	return strings.Join([]string{"arn", sc.partition, service, sc.region, sc.account, resource}, ":")
}

// iam returns the ARN of a resource of IAM, whose ARNs have no region.
func (sc scope) iam(resource string) string {
	return strings.Join([]string{"arn", sc.partition, "iam", "", sc.account, resource}, ":")
}

// keptLength is how many characters of a stack's name CloudFormation keeps at
// least in the names that it generates. Deployed stacks show 48 for the stack's
// name and the logical ID together; it is not documented.
const keptLength = 24

// generatedName returns a pattern of the name that CloudFormation generates for a
// resource: the stack's name, the logical ID and random characters.
func (sc scope) generatedName(id string) string {
	if len(sc.stack) > keptLength {
		return sc.stack[:keptLength] + "*"
	}
	return sc.stack + "-" + id + "-*"
}

// createdARNs returns the ARNs of the IAM resources of a type that the template
// can create, optionally only of those whose properties hold a word. Resources
// that take a path have the role path.
func (sc scope) createdARNs(kind, resourceType, word string) []string {
	var arns []string
	for _, r := range sc.template.Resources {
		if r.Type != resourceType || !strings.Contains(textOf(r), word) {
			continue
		}
		path := "/"
		if _, takes := r.Properties["Path"]; takes {
			path = sc.given.Of(param.rolePath)
		}
		arns = append(arns, sc.iam(kind+path+sc.generatedName(r.ID)))
	}
	return slices.Compact(arns)
}

// bucketARN returns the ARN of a bucket of the template.
func (sc scope) bucketARN(id string) string {
	name := sc.given.Of(param.bucket)
	if name == "" || id != "Bucket" {
		name = strings.ToLower(sc.generatedName(id))
	}
	return "arn:" + sc.partition + ":s3:::" + name
}

// list returns the items of a list parameter.
func (sc scope) list(p *generator.Parameter) []string {
	var items []string
	for item := range strings.SplitSeq(sc.given.Of(p), ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// textOf returns the properties of a resource as JSON, to look for words in.
func textOf(r cfn.Resource) string {
	text, err := json.Marshal(r.Properties)
	if err != nil {
		panic(fmt.Sprintf("iampolicy: %s: %v", r.ID, err)) // decoded JSON
	}
	return string(text)
}
