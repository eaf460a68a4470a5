package cfntest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

// Zone is an Availability Zone of the account: see Server.SetZones.
type Zone struct {
	Name, ID string
	State    string // default available
	Kind     string // default availability-zone
	OptIn    string // default opt-in-not-required
}

// SetZones replaces the zones of the account, which are a, b and c of the region at first.
func (s *Server) SetZones(zones ...Zone) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.zones = zones
}

func (s *Server) describeAvailabilityZones(r *wire.Request) (*wire.Node, string, *wire.Error) {
	zones := s.zones
	if zones == nil {
		for i, letter := range []string{"a", "b", "c"} {
			zones = append(zones, Zone{Name: r.Region + letter, ID: fmt.Sprintf("test1-az%d", i+1)})
		}
	}
	var list []*wire.Node
	for _, z := range zones {
		list = append(list, wire.Structure("", "zoneName", z.Name, "zoneId", z.ID,
			"zoneState", cmp.Or(z.State, "available"), "zoneType", cmp.Or(z.Kind, "availability-zone"),
			"optInStatus", cmp.Or(z.OptIn, "opt-in-not-required"), "regionName", r.Region))
	}
	return wire.Element("", wire.Items("availabilityZoneInfo", list)), "", nil
}

// describeNetwork refuses to read networks: the account has none outside of its stacks. TestPreflight
// in internal/command looks at those of moto.
func (s *Server) describeNetwork(r *wire.Request) (*wire.Node, string, *wire.Error) {
	return nil, "", &wire.Error{Status: http.StatusForbidden, Code: "UnauthorizedOperation",
		Message: "You are not authorized to perform this operation. No identity-based policy " +
			"allows the ec2:" + r.Action + " action"}
}

// describeSubnets knows the subnets of stacks, by ID.
func (s *Server) describeSubnets(r *wire.Request) (*wire.Node, string, *wire.Error) {
	if r.Get("Filter.1.Name") != "" {
		return s.describeNetwork(r)
	}
	wanted := r.Numbered("SubnetId")
	var list []*wire.Node
	for _, st := range s.stacks {
		for _, in := range st.live(s.Now()) {
			id := in.res.PhysicalID
			if in.res.Type != "AWS::EC2::Subnet" || wanted != nil && !slices.Contains(wanted, id) {
				continue
			}
			wanted = slices.DeleteFunc(wanted, func(w string) bool { return w == id })
			list = append(list, wire.Structure("", "subnetId", id,
				"availabilityZone", evaluate.Text(in.res.Properties["AvailabilityZone"])))
		}
	}
	if len(wanted) > 0 {
		return nil, "", wire.Refused("InvalidSubnetID.NotFound",
			"The subnet ID '%s' does not exist", wanted[0])
	}
	return wire.Element("", wire.Items("subnetSet", list)), "", nil
}

// Interface is a network interface of the account: see Server.SetInterfaces.
type Interface struct {
	ID, Description string
	Owner           string // that made it, like amazon-elb
	Instance        string // that it is attached to
	Status          string // default in-use
}

// SetInterfaces replaces the network interfaces of the account, of which every filter finds all.
func (s *Server) SetInterfaces(interfaces ...Interface) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.interfaces = interfaces
}

func (s *Server) describeNetworkInterfaces(*wire.Request) (*wire.Node, string, *wire.Error) {
	var list []*wire.Node
	for _, i := range s.interfaces {
		node := wire.Structure("", "networkInterfaceId", i.ID, "subnetId", "subnet-0a1b2c3d",
			"description", i.Description, "requesterId", i.Owner, "status", cmp.Or(i.Status, "in-use"))
		if i.Instance != "" {
			node.Add(wire.Structure("attachment", "instanceId", i.Instance))
		}
		list = append(list, node)
	}
	return wire.Element("", wire.Items("networkInterfaceSet", list)), "", nil
}
