package facts

// Interface is a network interface of a VPC.
type Interface struct {
	ID, Subnet  string
	Description string // by what made it, like "ELB app/notebooks/1a2b3c4d"
	Owner       string // the service or account that made it, "" for the account itself
	Instance    string // that it is attached to, "" for none
	Available   bool   // nothing uses it, so that it can be deleted
}
