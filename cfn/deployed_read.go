package cfn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

const (
	maxDeployed = 1 << 20 // bytes: CloudFormation takes no larger template
	maxSteps    = 1 << 20 // mappings and entries that are visited, aliases followed
)

// ReadDeployed reads a template that anybody has deployed, in JSON or in YAML
// with short-form functions, aliases and merge keys. It refuses a text over
// 1 MiB, one whose aliases expand without end, and one that CloudFormation would
// not have taken, such as a template without resources.
func ReadDeployed(text []byte) (Deployed, error) {
	if len(text) > maxDeployed {
		return Deployed{}, fmt.Errorf("the template has %d bytes, more than %d", len(text), maxDeployed)
	}
	root, err := parseDeployed(text)
	if err != nil {
		return Deployed{}, fmt.Errorf("the template is neither JSON nor YAML: %w", err)
	}
	r := &deployedReader{left: maxSteps, parameter: map[string]bool{}}
	d := r.template(root)
	if r.err != nil {
		return Deployed{}, r.err
	}
	return d, nil
}

// deployedReader walks the nodes of a template. After an error it reads nothing.
type deployedReader struct {
	left      int             // steps
	parameter map[string]bool // the names of the parameters
	err       error
}

func (r *deployedReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// step counts a step and reports whether there is one left.
func (r *deployedReader) step() bool {
	if r.left--; r.left < 0 {
		r.fail("the template's aliases and merge keys expand to more than %d entries", maxSteps)
	}
	return r.err == nil
}

func (r *deployedReader) template(root *yaml.Node) Deployed {
	var d Deployed
	var resources *yaml.Node
	for _, e := range r.entries("the template", root, 0) {
		switch e.key {
		case "Description":
			d.Description = attribute(e.value)
		case "Parameters":
			r.parameters(&d, e.value)
		case "Resources":
			resources = e.value
		case "Transform", "Fn::Transform":
			d.Transformed = true
		}
	}
	if resources != nil {
		r.resources(&d, resources)
	}
	if len(d.Resources) == 0 && !d.Transformed {
		r.fail("the template has no resources")
	}
	return d
}

func (r *deployedReader) parameters(d *Deployed, section *yaml.Node) {
	for _, e := range r.entries("Parameters", section, 0) {
		if isFunction(e.key) { // Fn::Transform
			d.Transformed = true
			continue
		}
		p := DeployedParameter{Name: e.key}
		for _, a := range r.entries("Parameters."+e.key, e.value, 0) {
			switch {
			case a.key == "Default" && a.value.Kind == yaml.ScalarNode && !isNull(a.value):
				p.Default = new(a.value.Value)
			case a.key == "NoEcho":
				p.NoEcho = !slices.Contains(falseWords, strings.ToLower(attribute(a.value)))
			}
		}
		d.Parameters = append(d.Parameters, p)
		r.parameter[p.Name] = true
	}
}

// falseWords are what YAML 1.1 reads as false. Whatever else NoEcho says, its
// value is treated as secret.
var falseWords = []string{"", "false", "no", "off", "n"}

// moduleSuffix ends the type of a module, which stands for several resources.
// modules.html
const moduleSuffix = "::MODULE"

func (r *deployedReader) resources(d *Deployed, section *yaml.Node) {
	for _, e := range r.entries("Resources", section, 0) {
		if isFunction(e.key) { // Fn::ForEach::Name or Fn::Transform
			d.Transformed = true
			continue
		}
		res, included := r.resource("Resources."+e.key, e.value)
		res.LogicalID = e.key
		if included || strings.HasSuffix(res.Type, moduleSuffix) {
			d.Transformed = true
		}
		d.Resources = append(d.Resources, res)
	}
}

// resource reads a resource. It reports whether text is included in it, which may
// set the attributes that are not seen here.
func (r *deployedReader) resource(where string, n *yaml.Node) (DeployedResource, bool) {
	var res DeployedResource
	included := false
	var properties *yaml.Node
	for _, a := range r.entries(where, n, 0) {
		switch a.key {
		case "Type":
			res.Type = attribute(a.value)
		case "Condition":
			res.Condition = attribute(a.value)
		case "DeletionPolicy":
			res.DeletionPolicy = attribute(a.value)
		case "UpdateReplacePolicy":
			res.UpdateReplacePolicy = attribute(a.value)
		case "Properties":
			properties = a.value
		default:
			included = included || isFunction(a.key)
		}
	}
	if included {
		res.DeletionPolicy = cmp.Or(res.DeletionPolicy, Computed)
		res.UpdateReplacePolicy = cmp.Or(res.UpdateReplacePolicy, Computed)
	}
	if res.Type == typeDBInstance && properties != nil && !isNull(properties) {
		res.cluster = r.cluster(where+".Properties", properties)
	}
	return res, included
}

// cluster returns the DBClusterIdentifier among the properties of a database
// instance: empty where it is not set, Computed where that cannot be told.
func (r *deployedReader) cluster(where string, properties *yaml.Node) string {
	absent := ""
	for _, p := range r.entries(where, properties, 0) {
		if p.key == "DBClusterIdentifier" {
			return r.clusterID(p.value)
		}
		if isFunction(p.key) {
			absent = Computed
		}
	}
	return absent
}

func (r *deployedReader) clusterID(n *yaml.Node) string {
	if id := attribute(n); id != Computed {
		return id
	}
	name, arg := shortCall(n)
	switch {
	case name == "Ref" && arg == "AWS::NoValue":
		return ""
	case name == "Ref" && arg != "" && !r.parameter[arg]: // a parameter may be empty
		return arg
	case name == "Fn::GetAtt", name == "Fn::ImportValue":
		return name
	}
	return Computed
}
