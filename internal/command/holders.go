package command

import (
	"context"
	"fmt"
	"maps"
	"slices"

	awsaccount "github.com/metaflow-cfn/metaflow-cfn/account"
	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// holders returns the network interfaces that hold what could not be deleted, with the command
// that removes each one. An interface that is used goes with what uses it.
func (d *deleteCmd) holders(ctx context.Context, s *session, o deploy.Outcome) (all []remain) {
	held := map[string][]string{} // physical IDs by filter
	for _, r := range o.Blocking {
		if filter := awsaccount.InterfaceFilters[r.Type]; filter != "" && r.PhysicalID != "" {
			held[filter] = append(held[filter], r.PhysicalID)
		}
	}
	seen := map[string]bool{}
	for _, filter := range slices.Sorted(maps.Keys(held)) {
		found, err := awsaccount.New(s.config).Interfaces(ctx, filter, held[filter]...)
		if err != nil {
			why := "EC2 did not answer ec2:DescribeNetworkInterfaces"
			if deploy.Denied(err) {
				why = mayNot + "ec2:DescribeNetworkInterfaces"
			}
			d.Printf("It is not known which network interfaces hold up the deletion: %s", why)
			return all
		}
		for _, i := range found {
			if !seen[i.ID] {
				all = append(all, holder(i, s.region))
			}
			seen[i.ID] = true
		}
	}
	return all
}

// holder describes an interface.
func holder(i facts.Interface, region string) remain {
	r := remain{what: fmt.Sprintf("the network interface %s in %s", i.ID, i.Subnet)}
	if i.Description != "" {
		r.what += fmt.Sprintf(" (%s)", i.Description)
	}
	switch {
	case i.Available:
		r.what += " is not used"
		r.command = "aws ec2 delete-network-interface --region " + region +
			" --network-interface-id " + i.ID
	case i.Instance != "":
		r.what += " belongs to the instance " + i.Instance
		r.command = "aws ec2 terminate-instances --region " + region + " --instance-ids " + i.Instance
	case i.Owner != "":
		r.what += " is used, and was made by " + i.Owner
	default:
		r.what += " is used"
	}
	return r
}
