// Package picture draws what a component creates and reuses under given values: nodes, groups and
// edges from the resolved template, and their forms as text.
package picture

import (
	"slices"
	"strconv"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// Picture is what a person sees of a stack. Groups stand before the groups inside them.
type Picture struct {
	Groups []Group
	Nodes  []Node
	Edges  []Edge
}

// Group is a frame around nodes: the VPC, or a zone in it.
type Group struct {
	ID, Label, Detail string
	In                string // the group around it
	Reused            bool
}

// Node is a resource. The detail is what tells it from others of its type, or the name of a
// reused resource.
type Node struct {
	ID, Type, Label, Detail string
	In                      string // the group around it
	Reused                  bool
}

// Edge says that a resource uses another one.
type Edge struct{ From, To, Label string }

// Of returns the picture of a component under values that its checks have accepted.
func Of(c *generator.Component, values generator.Values) (*Picture, error) {
	resolved, err := c.Built().Resolve(values)
	if err != nil {
		return nil, err
	}
	d := &drawer{reused: map[string]string{}, picture: &Picture{}}
	for _, need := range c.Needs {
		if need.Existing != nil && values.Of(need.Existing) != "" {
			d.reused[need.ID] = values.Of(need.Existing)
			d.add(need.ID, d.reusedType(c, need), nil)
		}
	}
	for _, r := range resolved.Resources {
		if !slices.Contains(folded, r.Type) && links[r.Type].from == "" {
			d.add(r.ID, r.Type, r.Properties)
		}
	}
	d.arrange()
	for _, r := range resolved.Resources {
		d.connect(r)
	}
	return d.picture, nil
}

// drawer collects a picture.
type drawer struct {
	picture *Picture
	reused  map[string]string // the physical name of what is reused, by logical ID
	vpc     string            // the ID of the group of the VPC; empty: there is none
}

// reusedType returns the type of a reused resource: that of the resource which the component
// creates otherwise, else what its noun says.
func (d *drawer) reusedType(c *generator.Component, need generator.Need) string {
	for _, r := range c.Built().Resources {
		if r.ID == need.ID {
			return r.Type
		}
	}
	for _, n := range nouns {
		if strings.HasSuffix(need.Noun, n.noun) {
			return n.resource
		}
	}
	return ""
}

// add adds a node, or the group of a VPC or a zone. Properties are those of a created resource.
func (d *drawer) add(id, kind string, properties map[string]any) {
	physical, reused := d.reused[id]
	detail := physical
	if !reused {
		detail = text(at(properties, details[kind]))
	}
	if kind == vpcType {
		d.vpc = id
		d.picture.Groups = append([]Group{{id, words(id), detail, "", reused}}, d.picture.Groups...)
		return
	}
	in := ""
	if kind == subnetType {
		in = d.zone(properties["AvailabilityZone"])
	}
	d.picture.Nodes = append(d.picture.Nodes, Node{id, kind, words(id), detail, in, reused})
}

// zone returns the group of a subnet's zone and adds it if it is new. The zone of a reused subnet
// is not known.
func (d *drawer) zone(v any) string {
	id, label := "", text(v)
	if label != "" {
		id = "Zone_" + strings.ReplaceAll(label, "-", "_")
	} else if choice, ok := at(v, "Fn::Select").([]any); ok && len(choice) > 0 {
		n, err := strconv.Atoi(text(choice[0]))
		if err != nil {
			return ""
		}
		id, label = "Zone"+strconv.Itoa(n+1), strconv.Itoa(n+1)
	}
	known := func(g Group) bool { return g.ID == id }
	if id != "" && !slices.ContainsFunc(d.picture.Groups, known) {
		d.picture.Groups = append(d.picture.Groups, Group{ID: id, Label: "Zone " + label})
	}
	return id
}

// arrange puts zones and the parts of a network into the group of the VPC. Where no VPC is known
// they stand alone.
func (d *drawer) arrange() {
	for i := range d.picture.Groups {
		if g := &d.picture.Groups[i]; g.ID != d.vpc {
			g.In = d.vpc
		}
	}
	for i := range d.picture.Nodes {
		n := &d.picture.Nodes[i]
		if n.In == "" && slices.Contains(inVpc, n.Type) {
			n.In = d.vpc
		}
	}
}

// connect adds the edges of a created resource.
func (d *drawer) connect(r cfn.Resource) {
	link, linked := links[r.Type]
	switch {
	case slices.Contains(folded, r.Type):
		return
	case linked && link.from != "":
		for _, from := range d.mentioned(r.Properties[link.from]) {
			for _, key := range link.to {
				for _, to := range d.mentioned(r.Properties[key]) {
					d.edge(from, to, text(r.Properties[link.label]))
				}
			}
		}
		return
	}
	for _, use := range d.uses("", r.Properties) {
		switch {
		case use.key == "RouteTableIds": // traffic goes from the table to the endpoint
			d.edge(use.id, r.ID, "")
		case use.id == d.vpc && slices.Contains(inVpc, r.Type): // the frame says it
		default:
			d.edge(r.ID, use.id, labels[use.key])
		}
	}
}

// edge adds an edge between nodes and groups of the picture, once.
func (d *drawer) edge(from, to, label string) {
	e := Edge{from, to, label}
	if from == to || !d.picture.has(from) || !d.picture.has(to) ||
		slices.ContainsFunc(d.picture.Edges, func(o Edge) bool { return o.From == from && o.To == to }) {
		return
	}
	d.picture.Edges = append(d.picture.Edges, e)
}

// has reports whether there is a node or a group of that ID.
func (p *Picture) has(id string) bool {
	return slices.ContainsFunc(p.Nodes, func(n Node) bool { return n.ID == id }) ||
		slices.ContainsFunc(p.Groups, func(g Group) bool { return g.ID == id })
}
