package facts

import (
	"net/netip"
	"slices"
	"strings"
)

// NetworkQuery says which part of the network of an account is asked for: a VPC with what is in
// it, and what may be in another one.
type NetworkQuery struct {
	VPC            string
	Subnets        []string
	SecurityGroups []string
}

// Network is what is known of a VPC and of what is asked for beside it, by ID. A nil map means
// that nothing of its kind could be read; an ID that is missing in another map does not exist.
type Network struct {
	Region           string
	VPCs             map[string]VPC
	Subnets          map[string]Subnet
	RouteTables      map[string]RouteTable
	InternetGateways map[string]bool // attached to the VPC
	NATGateways      map[string]NATGateway
	SecurityGroups   map[string]SecurityGroup
	Endpoints        map[string]string // the interface endpoints of the VPC, with their services
}

// VPC is a VPC.
type VPC struct{ CIDRs []netip.Prefix }

// Subnet is a subnet.
type Subnet struct {
	VPC, Zone       string
	CIDR            netip.Prefix
	Free            int  // addresses
	PublicAddresses bool // for interfaces that are made in it, unless their maker decides
}

// RouteTable is a route table of the VPC.
type RouteTable struct {
	Main    bool     // of the subnets that are not associated with a table
	Subnets []string // that are associated
	Default string   // where the default route leads, "" where it leads nowhere
}

// NATGateway is a NAT gateway of the VPC.
type NATGateway struct{ State string }

// SecurityGroup is a security group.
type SecurityGroup struct {
	VPC    string
	Egress bool // something may leave
}

// Default returns where the default route of a subnet of the VPC leads, "" where it leads nowhere,
// and whether that is known.
func (n Network) Default(subnet string) (target string, known bool) {
	for _, t := range n.RouteTables {
		if slices.Contains(t.Subnets, subnet) {
			return t.Default, true
		}
	}
	for _, t := range n.RouteTables {
		if t.Main {
			return t.Default, true
		}
	}
	return "", false
}

// ServesContainers reports whether the VPC has the interface endpoint of ECS or of ECR, without
// which jobs need a way to the internet. Where the endpoints are not known, it is true.
func (n Network) ServesContainers() bool {
	if n.Endpoints == nil {
		return true
	}
	for _, service := range n.Endpoints {
		if strings.HasSuffix(service, ".ecs") || strings.HasSuffix(service, ".ecr.dkr") {
			return true
		}
	}
	return false
}
