package safety

import (
	"regexp"
	"slices"
)

// survivor is a kind of mutants that break no rule and do no harm.
type survivor struct {
	path, change string // regular expressions of the whole
	reason       string
}

var survivors = []survivor{
	{`AWSTemplateFormatVersion`, `.*`,
		"there is one version, which CloudFormation takes for granted, and it refuses any other"},
	{`Description`, `.*`, "a description of the template is for people"},
	{`Outputs/\w+/Description`, `.*`, "configure reads the table of outputs, not their descriptions"},
	{`Resources/\w+/Metadata(/guard(/SuppressedRules(/\d+)?)?)?`, `.*`,
		"a checker then reports more or less than it should, which is seen; nothing is made of it"},
	{`Resources/\w+/DependsOn`, `and the first again`, "waiting twice for the same is waiting once"},
	{`Resources/(\w+/Properties/.*Tags/0/Value|JobQueue/Properties/Tags/Name)`, `longer|any`,
		"the name still begins with the stack's"},
	{`Resources/\w+/Properties/(.*/)?(Group)?Description`, `other word`,
		"it still says something, and goldens hold its words"},
	{`Resources/\w+/Properties/PolicyDocument/Statement/\d+/Sid`, `.*`,
		"a Sid names a statement to people"},
	{`Resources/\w+Role/Properties/Policies/0/PolicyDocument/Statement/\d+/Sid`, `.*`,
		"a Sid names a statement to people"},
	{`Resources/\w+Role/Properties/Policies/0/PolicyName`, `other word`,
		"the name is unique within the role, whatever it is"},
	{`Resources/\w+/Properties/LifecycleConfiguration/Rules/0/Id`, `.*`,
		"the only rule needs no name"},
	{`Resources/PublicSubnet[12]/Properties/MapPublicIpOnLaunch`, `delete`,
		"false is what AWS does without it; where it must be true a rule says so"},
	{`Resources/\w+/(DeletionPolicy|UpdateReplacePolicy)`, `delete`,
		"deleting is what CloudFormation does without it; where it must keep a rule says so"},
	{`Resources/(LaunchTemplate|InstanceRole)`, `add`,
		"beside Fargate nothing refers to it, and idle it costs nothing"},
}

// patterns are the expressions of the list, each of path and change.
type patterns []*regexp.Regexp

func compiled(list []survivor) patterns {
	var out patterns
	for _, s := range list {
		out = append(out, regexp.MustCompile("^(?:"+s.path+"): (?:"+s.change+")$"))
	}
	return out
}

// find is the place of a mutant's excuse in the list, or -1.
func (p patterns) find(m mutant) int {
	said := m.path + ": " + m.change
	return slices.IndexFunc(p, func(r *regexp.Regexp) bool { return r.MatchString(said) })
}
