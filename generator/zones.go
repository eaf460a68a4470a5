package generator

// Zones are the parameters that choose the Availability Zones of a component's subnets, which
// can be chosen from the zones that the account can use. A subnet stays in its zone for life.
type Zones struct {
	Parameters [2]*Parameter
	Subnets    [2][]string // logical IDs of the subnets in each zone
}

// Lives reports whether the subnet of a zone is among the resources.
func (z *Zones) Lives(live map[string]bool) bool {
	for _, ids := range z.Subnets {
		for _, id := range ids {
			if live[id] {
				return true
			}
		}
	}
	return false
}
