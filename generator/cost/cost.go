// Package cost says what a stack costs while nothing happens: list prices of what is paid by the
// hour or the month. Data, requests, traffic, jobs and taxes come on top.
package cost

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// Basis says which prices the package has.
const Basis = "us-east-1 list prices of early 2026, without data, requests and jobs"

// hours of a month, as AWS's pricing calculator counts them.
const hours = 730

// List prices in dollars, from the pages below https://aws.amazon.com/: vpc/pricing,
// elasticloadbalancing/pricing, fargate/pricing, rds/postgresql/pricing, rds/aurora/pricing,
// secrets-manager/pricing.
const (
	natGateway   = 0.045 // an hour
	address      = 0.005 // an hour
	endpoint     = 0.01  // an hour in each zone
	loadBalancer = 0.0225
	fargateVCPU  = 0.04048  // an hour
	fargateGB    = 0.004445 // an hour
	auroraUnit   = 0.12     // an hour
	storageGB    = 0.115    // of an instance, a month
	secret       = 0.40     // a month
)

// instances are the prices of classes of PostgreSQL instances by the hour.
var instances = map[string]float64{
	"db.t4g.micro": 0.016, "db.t4g.small": 0.032, "db.t4g.medium": 0.065, "db.t4g.large": 0.129,
}

// Item is a part of a stack that costs money at rest.
type Item struct {
	Part    string  `json:"part"`              // Name of the part, for people.
	Number  int     `json:"number"`            // How many there are.
	Dollars float64 `json:"dollars"`           // US dollars a month for all of them, by the list prices of us-east-1.
	Unknown bool    `json:"unknown,omitempty"` // True if the price is not in the program's list.
}

// AtRest returns what resolved resources cost in a month, by part.
func AtRest(resources []cfn.Resource) (items []Item) {
	for _, r := range resources {
		one, costs := price(r, resources)
		if !costs {
			continue
		}
		i := slices.IndexFunc(items, func(i Item) bool { return i.Part == one.Part })
		if i < 0 {
			items = append(items, one)
			continue
		}
		items[i].Number++
		items[i].Dollars += one.Dollars
	}
	return items
}

// Total returns the sum of items, and whether all prices are known.
func Total(items []Item) (dollars float64, known bool) {
	known = true
	for _, i := range items {
		dollars += i.Dollars
		known = known && !i.Unknown
	}
	return dollars, known
}

// String returns an item as words: "2 NAT gateways $66".
func (i Item) String() string {
	text := i.Part
	if i.Number > 1 {
		text = fmt.Sprintf("%d × %s", i.Number, text)
	}
	if i.Unknown {
		return text + " (price not known)"
	}
	return text + " " + Dollars(i.Dollars)
}

// Dollars returns an amount with cents below ten dollars.
func Dollars(amount float64) string {
	if amount < 10 && amount != 0 {
		return fmt.Sprintf("$%.2f", amount)
	}
	return fmt.Sprintf("$%.0f", math.Round(amount))
}

// price returns what a resource costs, and whether it costs anything at rest.
func price(r cfn.Resource, all []cfn.Resource) (Item, bool) {
	p := properties(r.Properties)
	hourly := func(part string, dollars float64) (Item, bool) {
		return Item{Part: part, Number: 1, Dollars: dollars * hours}, dollars > 0
	}
	switch r.Type {
	case "AWS::EC2::NatGateway":
		return hourly("NAT gateway", natGateway)
	case "AWS::EC2::EIP":
		return hourly("Elastic IP address", address)
	case "AWS::EC2::VPCEndpoint":
		subnets, _ := p["SubnetIds"].([]any)
		return hourly("interface endpoint", endpoint*float64(len(subnets)))
	case "AWS::ElasticLoadBalancingV2::LoadBalancer":
		return hourly("load balancer", loadBalancer)
	case "AWS::SecretsManager::Secret":
		return Item{Part: "secret", Number: 1, Dollars: secret}, true
	case "AWS::ECS::Service":
		task := properties(resource(all, p["TaskDefinition"]).Properties)
		return hourly("task on Fargate", p.number("DesiredCount")*
			(task.number("Cpu")/1024*fargateVCPU+task.number("Memory")/1024*fargateGB))
	case "AWS::RDS::DBInstance":
		return p.database(resource(all, p["DBClusterIdentifier"]))
	case "AWS::Batch::ComputeEnvironment":
		compute, _ := p["ComputeResources"].(map[string]any)
		vcpus := properties(compute).number("MinvCpus")
		return Item{Part: fmt.Sprintf("instances with %.0f vCPUs that always run", vcpus), Number: 1,
			Unknown: true}, vcpus > 0
	}
	return Item{}, false
}

// database returns what an instance costs, which may belong to a cluster.
func (p properties) database(cluster cfn.Resource) (Item, bool) {
	class := fmt.Sprint(p["DBInstanceClass"])
	if class == "db.serverless" {
		scaling, _ := cluster.Properties["ServerlessV2ScalingConfiguration"].(map[string]any)
		least := properties(scaling).number("MinCapacity")
		return Item{Part: "Aurora database at its least", Number: 1,
			Dollars: least * auroraUnit * hours}, least > 0
	}
	hourly, known := instances[class]
	one := Item{Part: "database " + class, Number: 1, Unknown: !known,
		Dollars: hourly*hours + p.number("AllocatedStorage")*storageGB}
	if fmt.Sprint(p["MultiAZ"]) == "true" {
		one.Part += " with a standby"
		one.Dollars *= 2
	}
	return one, true
}

// properties are those of a resolved resource.
type properties map[string]any

// number returns a property that is a number or the text of one, else 0.
func (p properties) number(name string) float64 {
	n, err := strconv.ParseFloat(strings.TrimSpace(fmt.Sprint(p[name])), 64)
	if err != nil {
		return 0
	}
	return n
}

// resource returns the resource to which a Ref refers, or none.
func resource(all []cfn.Resource, ref any) cfn.Resource {
	m, _ := ref.(map[string]any)
	for _, r := range all {
		if r.ID == m["Ref"] {
			return r
		}
	}
	return cfn.Resource{}
}
