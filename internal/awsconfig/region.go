package awsconfig

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

const setRegion = "Set: --region REGION, AWS_REGION, or the region of the profile"

// alwaysEnabled returns the regions of the partition aws that every account has. Those
// that came after 20 March 2019 must be enabled first.
// https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
func alwaysEnabled() []string {
	return []string{
		"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
		"ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2",
		"eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
	}
}

// others returns further regions that a typo may have meant.
func others() []string {
	return []string{
		"af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4",
		"ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2",
		"eu-south-1", "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
		"cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1",
	}
}

// optIn reports whether an account has to enable the region before it can be used. The
// other partitions have no such regions.
func optIn(region string) bool {
	for _, prefix := range []string{"cn-", "us-gov-", "us-iso", "eu-iso", "eusc-"} {
		if strings.HasPrefix(region, prefix) {
			return false
		}
	}
	return !slices.Contains(alwaysEnabled(), region)
}

// checkRegion returns what is wrong with the region. A shape is all that can be known
// of a region before it is called: there are new ones every year.
func (s *Source) checkRegion(cfg aws.Config, from origin) *Problem {
	switch {
	case cfg.Region == "":
		return &Problem{true, errors.New("no region is set; give one, such as us-east-1"), setRegion}
	case isRegion(cfg.Region):
		return nil
	}
	name := "the region of profile " + from.profile.Profile
	switch variable := firstSet("AWS_REGION", "AWS_DEFAULT_REGION"); {
	case s.Region != "":
		name = "--region"
	case variable != "":
		name = variable
	}
	err := fmt.Errorf("%s: %q is not a region like us-east-1%s", name, cfg.Region, meant(cfg.Region))
	return &Problem{true, err, setRegion}
}

// isRegion knows the shape of names like us-east-1, us-gov-west-1 and eusc-de-east-1.
func isRegion(name string) bool {
	return regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$`).MatchString(name)
}

// meant returns the question which region was meant, or nothing. An Availability Zone has
// a letter more than its region.
func meant(region string) string {
	zone := strings.TrimRight(strings.ToLower(region), "abcdef")
	if isRegion(zone) && len(zone) == len(region)-1 {
		return ": did you mean " + zone + "?"
	}
	if near := suggest.Nearest(region, append(alwaysEnabled(), others()...)); near != "" {
		return ": did you mean " + near + "?"
	}
	return ""
}

// otherRegions returns the regions that are named too, but not used.
func (s *Source) otherRegions(cfg aws.Config, from origin) []string {
	var all []string
	for _, region := range []string{
		os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), from.profile.Region,
	} {
		if isRegion(region) && region != cfg.Region && !slices.Contains(all, region) {
			all = append(all, region)
		}
	}
	return all
}
