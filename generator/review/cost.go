package review

import (
	"strconv"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/cost"
)

// cost lists what the stack costs at rest.
func (p *page) cost(resources []cfn.Resource) {
	p.section("cost", "Cost at rest", func() {
		items := cost.AtRest(resources)
		var rows [][]string
		for _, i := range items {
			month := cost.Dollars(i.Dollars)
			if i.Unknown {
				month = "price not known"
			}
			rows = append(rows, []string{i.Part, strconv.Itoa(i.Number), month})
		}
		p.table([]string{"part", "number", "a month"}, rows)
		dollars, known := cost.Total(items)
		least := ""
		if !known {
			least = "at least "
		}
		p.element("p", "In total "+least+cost.Dollars(dollars)+" a month: "+cost.Basis+".")
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
