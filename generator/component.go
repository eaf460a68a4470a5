// Package generator is the machinery of the published templates. A Component is one template with
// its table of parameters and its table of needs; flags, checks, parameter files, documentation and
// the template itself are derived from these tables. The package contains no template.
package generator

import (
	"slices"
	"sync"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// Component is a published template with everything that the program knows about it. The fields are
// set once, before the first use.
type Component struct {
	Name        string   // of the component: "core"
	File        string   // base name of the published template: "metaflow"
	Description string   // of the template; stacks are recognised by it
	Former      []string // descriptions of the templates of older versions
	Intro       string   // purpose of the component, in a sentence for the help

	Groups     []Group           // the parameters in reading order
	Needs      Needs             // resources that are created or reused
	Inherit    []*Parameter      // plain parameters that --from copies from the other stack
	Retired    map[string]string // parameters of older versions, with their replacements
	Rules      []cfn.Rule
	Conditions []cfn.Condition // on single parameters, after those of Needs
	Mappings   map[string]map[string]map[string]any
	Outputs    []Output
	Build      func(*Builder) // adds the resources

	// Relations returns the problems of values that are valid alone and that CloudFormation's rules
	// cannot compare. live contains the resources that the values create.
	Relations func(v Values, live map[string]bool) []error
	// Cautions returns warnings about the given values. v contains all values of the stack.
	Cautions func(v, given Values, live map[string]bool) []string
	// Hints returns what the configuration of Metaflow lacks for the jobs of a stack.
	Hints func(v Values, live map[string]bool, config map[string]string) []string

	Protected []string // resource types that are replaced or removed only with permission
	FixedTags []string // resource types that AWS replaces when their tags change
	// Update returns what an update from old to new values does with resources of which
	// CloudFormation cannot say it: see Verdicts.
	Update     func(old, new Values) []Verdict
	Zones      *Zones
	Derivation *Derivation
	// Preflight looks at the account before a deployment.
	Preflight *Preflight
	Refresh   *Parameter // takes the date when --refresh-image asks for the newest image
	Advice    []Advice   // on failures, most specific first
	// PostDeploy lets deploy do two changes that a template cannot make: empty the default security
	// group of a new VPC, and set the retention of the log group of jobs.
	PostDeploy bool

	once  sync.Once
	built *cfn.Template
}

// Builder adds the resources of a component to its template.
type Builder struct {
	*cfn.Template
	needs Needs
}

// Create adds a resource of the table of needs under its condition. It returns the reference that
// other resources use: to the new resource or to the reused one.
func (b *Builder) Create(id, doc string, typed cfn.Typed, set cfn.Set) string {
	b.Add(cfn.Resource{ID: id, Doc: doc, Condition: b.needs.Condition(id)}, typed, set)
	return b.needs.Reference(id)
}

// Template returns a new template of the component, which the caller may change. It
// takes no argument: parameters decide at deployment which of its resources exist.
func (c *Component) Template() *cfn.Template {
	b := &Builder{needs: c.Needs, Template: &cfn.Template{
		Description: c.Description,
		Metadata:    map[string]any{"AWS::CloudFormation::Interface": c.consoleForm()},
		Rules:       c.Rules,
		Mappings:    c.Mappings,
		Conditions:  append(c.Needs.conditions(), c.Conditions...),
	}}
	for p := range c.Parameters() {
		b.Parameters = append(b.Parameters, p.declaration())
	}
	c.Build(b)
	for _, o := range c.Outputs {
		b.Outputs = append(b.Outputs, cfn.Output{
			ID: o.Name, Condition: o.Condition, Description: o.description(), Value: o.Value,
		})
	}
	return b.Template
}

// Built returns the one template that is built in a run. Callers only read it.
func (c *Component) Built() *cfn.Template {
	c.once.Do(func() { c.built = c.Template() })
	return c.built
}

// Describes reports whether a stack with this description was made from the component, in this
// version or an older one.
func (c *Component) Describes(description string) bool {
	return description == c.Description || slices.Contains(c.Former, description)
}

// consoleForm groups the parameters as the CloudFormation console shows them.
func (c *Component) consoleForm() map[string]any {
	var groups []any
	for _, g := range c.Groups {
		var names []string
		for _, p := range g.Parameters {
			names = append(names, p.Name)
		}
		groups = append(groups, map[string]any{
			"Label": map[string]any{"default": g.Label}, "Parameters": names,
		})
	}
	return map[string]any{"ParameterGroups": groups}
}
