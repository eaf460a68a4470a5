// Package summary says in a few lines what a stack would have: what it creates, reuses and keeps,
// whom it lets do what, and what it costs at rest.
package summary

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/cost"
	"github.com/metaflow-cfn/metaflow-cfn/generator/picture"
	"github.com/metaflow-cfn/metaflow-cfn/generator/review"
)

// Summary is what a stack would have under some values.
type Summary struct {
	New        []Line // by area
	Zones      []string
	Reused     []string
	Kept       []string // logical IDs of what stays when the stack is deleted
	Statements []review.Statement
	Rules      []review.Rule
	Cost       []cost.Item
}

// Line is what is new in an area.
type Line struct{ Area, Text string }

// Of returns the summary of a component under values that its checks have accepted.
func Of(c *generator.Component, v generator.Values) (*Summary, error) {
	drawn, err := picture.Of(c, v)
	if err != nil {
		return nil, err
	}
	resolved, err := c.Built().Resolve(v)
	if err != nil {
		return nil, err
	}
	s := &Summary{
		Statements: review.Statements(resolved.Resources),
		Rules:      review.Rules(resolved.Resources),
		Cost:       cost.AtRest(resolved.Resources),
	}
	for _, need := range c.Needs {
		if need.Existing != nil && v.Of(need.Existing) != "" {
			s.Reused = append(s.Reused, need.Noun+" "+v.Of(need.Existing))
		}
	}
	for _, r := range resolved.Resources {
		keeps := strings.HasPrefix(r.DeletionPolicy, "Retain") || r.DeletionPolicy == "Snapshot"
		if keeps && !strings.HasSuffix(r.Type, "Policy") {
			s.Kept = append(s.Kept, kept(r))
		}
	}
	s.draw(drawn)
	return s, nil
}

// kept returns what stays of a resource.
func kept(r cfn.Resource) string {
	if r.DeletionPolicy == "Snapshot" {
		return "a snapshot of " + r.ID
	}
	return r.ID
}

// areas are the beginnings of resource types, with what people call them. The first one that fits
// counts.
var areas = []struct{ prefix, area string }{
	{"AWS::EC2::LaunchTemplate", "compute"}, {"AWS::EC2", "network"}, {"AWS::Batch", "compute"},
	{"AWS::ECS", "compute"}, {"AWS::ElasticLoadBalancing", "network"}, {"AWS::IAM", "access"},
	{"AWS::SecretsManager", "access"}, {"AWS::S3", "storage"}, {"AWS::DynamoDB", "storage"},
	{"AWS::RDS", "storage"}, {"AWS::Logs", "logs"},
}

// order of the areas.
var order = []string{"network", "storage", "compute", "access", "logs", "other"}

func areaOf(resourceType string) string {
	for _, a := range areas {
		if strings.HasPrefix(resourceType, a.prefix) {
			return a.area
		}
	}
	return "other"
}

// group are new resources of one kind.
type group struct {
	label   string
	number  int
	details []string
}

// draw takes the new resources from a picture. Resources whose labels differ in a number are one
// kind.
func (s *Summary) draw(p *picture.Picture) {
	found := map[string][]*group{}
	add := func(area, label, detail string) {
		label = strings.TrimRightFunc(label, func(r rune) bool { return unicode.IsDigit(r) || r == ' ' })
		i := slices.IndexFunc(found[area], func(g *group) bool { return g.label == label })
		if i < 0 {
			i = len(found[area])
			found[area] = append(found[area], &group{label: label})
		}
		g := found[area][i]
		g.number++
		if detail != "" {
			g.details = append(g.details, detail)
		}
	}
	for _, g := range p.Groups {
		zone, is := strings.CutPrefix(g.Label, "Zone ")
		_, unknown := strconv.Atoi(zone)
		switch {
		case is && unknown == nil: // CloudFormation chooses it
		case is:
			s.Zones = append(s.Zones, zone)
		case !g.Reused:
			add("network", g.Label, g.Detail)
		}
	}
	for _, n := range p.Nodes {
		if !n.Reused && n.Type != "AWS::EC2::RouteTable" {
			add(areaOf(n.Type), n.Label, n.Detail)
		}
	}
	for _, area := range order {
		var texts []string
		for _, g := range found[area] {
			texts = append(texts, g.String())
		}
		if len(texts) > 0 {
			s.New = append(s.New, Line{area, strings.Join(texts, ", ")})
		}
	}
}

// String returns a kind with its number and what tells its resources apart.
func (g *group) String() string {
	text := lower(g.label)
	if g.number > 1 {
		text = fmt.Sprintf("%d × %s", g.number, text)
	}
	if len(g.details) > 0 {
		text += " " + strings.Join(g.details, " ")
	}
	return text
}

// lower returns a label as it is written inside of a sentence. Acronyms and names stay.
func lower(label string) string {
	if len(label) > 1 && unicode.IsLower(rune(label[1])) && !strings.HasPrefix(label, "Elastic") {
		return strings.ToLower(label[:1]) + label[1:]
	}
	return label
}
