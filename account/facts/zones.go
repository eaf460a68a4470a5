// Package facts has what is known about an account as plain types, and decisions that depend
// on nothing else. It imports only the standard library.
package facts

import (
	"cmp"
	"slices"
)

// Zone is an Availability Zone as an account sees it.
type Zone struct {
	Name string // in this account, like us-east-1a; other accounts may give the name to another zone
	ID   string // in all accounts, like use1-az4
}

// gaps are the zones, by ID, that lack NAT gateways or Fargate. A subnet there works, and
// what needs the missing service fails.
var gaps = map[string]string{
	// https://github.com/sysdiglabs/terraform-aws-secure-for-cloud/pull/52 and
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html
	"apne1-az3": "NAT gateways and Fargate",
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html
	"usw1-az2": "Fargate",
	"cac1-az3": "Fargate",
	"cnn1-az3": "Fargate",
}

// Gap returns what the zone is known to lack, "" when nothing is known.
func (z Zone) Gap() string { return gaps[z.ID] }

// ChooseZones returns the first n zones by name that are known to lack nothing, in this order,
// without those in taken. Zones with a gap come after all others. There may be fewer than n.
func ChooseZones(zones []Zone, n int, taken ...string) []Zone {
	free := slices.DeleteFunc(slices.Clone(zones), func(z Zone) bool {
		return slices.Contains(taken, z.Name)
	})
	slices.SortFunc(free, func(a, b Zone) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
	})
	return free[:min(n, len(free))]
}

func rank(z Zone) int {
	if z.Gap() != "" {
		return 1
	}
	return 0
}
