package review

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// List prices in dollars of us-east-1 in the first half of 2026, as in docs/production.md.
const (
	hours         = 730 // a month
	natHour       = 0.045
	addressHour   = 0.005
	endpointHour  = 0.01 // of an interface endpoint in a zone
	balancerHour  = 0.0225
	vcpuHour      = 0.04048 // of Fargate
	gigabyteHour  = 0.004445
	capacityHour  = 0.12 // of a unit of Aurora Serverless v2
	storageMonth  = 0.115
	secretMonth   = 0.40
	priceUnknown  = "the price is not known here"
	megabytes     = 1024
	vcpuUnits     = 1024
	knownClass    = "db.t4g.micro"
	knownClassUse = 0.016 // an hour
)

// cost is what a resource costs while no job runs.
type cost struct {
	id, words string
	month     float64 // dollars, without traffic; below 0: not known
}

// costs returns what the resources cost while no job runs. Those that cost nothing at rest are left
// out.
func costs(resources []cfn.Resource) (all []cost) {
	tasks := map[string]cfn.Resource{}
	for _, r := range resources {
		if r.Type == "AWS::ECS::TaskDefinition" {
			tasks[r.ID] = r
		}
	}
	for _, r := range resources {
		words, month := costOf(r, tasks)
		if words != "" {
			all = append(all, cost{r.ID, words, month})
		}
	}
	return all
}

// costOf returns what a resource costs at rest, in words and dollars a month; "" for nothing.
func costOf(r cfn.Resource, tasks map[string]cfn.Resource) (words string, month float64) {
	get := func(name string) any { return r.Properties[name] }
	switch r.Type {
	case "AWS::EC2::NatGateway":
		return "NAT gateway", hours * natHour
	case "AWS::EC2::EIP":
		return "public IPv4 address", hours * addressHour
	case "AWS::EC2::VPCEndpoint":
		subnets, _ := get("SubnetIds").([]any)
		if get("VpcEndpointType") != "Interface" {
			return "", 0
		}
		return fmt.Sprintf("interface endpoint in %d zones", len(subnets)), hours * endpointHour * float64(len(subnets))
	case "AWS::ElasticLoadBalancingV2::LoadBalancer":
		return "load balancer", hours * balancerHour
	case "AWS::SecretsManager::Secret":
		return "secret", secretMonth
	case "AWS::ECS::Service":
		return taskCost(number(get("DesiredCount")), tasks[reference(get("TaskDefinition"))])
	case "AWS::RDS::DBInstance":
		return instanceCost(r)
	case "AWS::RDS::DBCluster":
		scaling, _ := get("ServerlessV2ScalingConfiguration").(map[string]any)
		units := number(scaling["MinCapacity"])
		return fmt.Sprintf("at least %g capacity units of Aurora, and storage", units), hours * capacityHour * units
	case "AWS::Batch::ComputeEnvironment":
		compute, _ := get("ComputeResources").(map[string]any)
		if least := number(compute["MinvCpus"]); least > 0 {
			return fmt.Sprintf("instances with %g vCPUs run without jobs: ", least) + priceUnknown, -1
		}
	}
	return "", 0
}

// taskCost returns what the tasks of a service cost.
func taskCost(count float64, task cfn.Resource) (string, float64) {
	vcpus, memory := number(task.Properties["Cpu"])/vcpuUnits, number(task.Properties["Memory"])/megabytes
	if count == 0 {
		return "", 0
	}
	return fmt.Sprintf("%g task of Fargate with %g vCPU and %g GB", count, vcpus, memory),
		hours * count * (vcpuHour*vcpus + gigabyteHour*memory)
}

// instanceCost returns what a database instance costs. A serverless one costs what its cluster does.
func instanceCost(r cfn.Resource) (string, float64) {
	class, _ := r.Properties["DBInstanceClass"].(string)
	if class == "db.serverless" {
		return "", 0
	}
	if class != knownClass {
		return "database instance " + class + ": " + priceUnknown, -1
	}
	copies, storage := 1.0, number(r.Properties["AllocatedStorage"])
	if fmt.Sprint(r.Properties["MultiAZ"]) == "true" {
		copies = 2
	}
	return fmt.Sprintf("%g database instance %s with %g GB", copies, class, storage),
		copies * (hours*knownClassUse + storageMonth*storage)
}

// number returns a number of a template, which may be a string; 0 for anything else.
func number(v any) float64 {
	n, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	if err != nil {
		return 0
	}
	return n
}

// reference returns the logical ID that a reference names.
func reference(v any) string {
	return strings.TrimSuffix(strings.TrimPrefix(text(v), "${"), "}")
}

// cost lists what the stack costs at rest.
func (p *page) cost(resources []cfn.Resource) {
	p.section("cost", "Cost at rest", func() {
		p.element("p", "While no job runs and without traffic, at list prices of us-east-1 in the first half of 2026:")
		total, known, rows := 0.0, true, [][]string(nil)
		for _, c := range costs(resources) {
			month := "?"
			if c.month >= 0 {
				total += c.month
				month = fmt.Sprintf("$%.2f", c.month)
			} else {
				known = false
			}
			rows = append(rows, []string{c.id, c.words, month})
		}
		p.table([]string{"resource", "part", "a month"}, rows)
		least := ""
		if !known {
			least = "at least "
		}
		p.element("p", fmt.Sprintf("In total %s$%.0f a month.", least, math.Round(total)))
	})
}

// absent lists the resources of the template that do not exist under the values.
func (p *page) absent(c *generator.Component, resources []cfn.Resource) {
	exists := map[string]bool{}
	for _, r := range resources {
		exists[r.ID] = true
	}
	var rows [][]string
	for _, r := range c.Built().Resources {
		if !exists[r.ID] {
			rows = append(rows, []string{r.ID, r.Type})
		}
	}
	p.section("absent", "Not created", func() { p.table([]string{"resource", "type"}, rows) })
}
