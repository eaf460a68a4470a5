package cfn

import (
	"cmp"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

const (
	maxDeployed = 1 << 20 // bytes: CloudFormation takes no larger template
	maxParts    = 150_000 // lines and separators of YAML: a template of that size has half as many
	maxSteps    = 1 << 20 // mappings and entries that are visited, aliases followed
	maxMerges   = 100     // how deep merge keys may lead from mapping to mapping
)

// ReadDeployed reads a template that anybody has deployed, in JSON or in YAML
// with short-form functions, aliases and merge keys. It refuses a text over
// 1 MiB, one whose aliases expand without end, and one that CloudFormation would
// not have taken, such as a template without resources.
func ReadDeployed(text []byte) (Deployed, error) {
	if len(text) > maxDeployed {
		return Deployed{}, fmt.Errorf("the template has %d bytes, more than %d", len(text), maxDeployed)
	}
	r := &deployedReader{left: maxSteps, parameter: map[string]bool{}}
	d := r.template(r.parse(text))
	if r.err != nil {
		return Deployed{}, r.err
	}
	return d, nil
}

// deployedReader walks the nodes of a template. After an error it stops reading.
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

func (r *deployedReader) template(root deployedNode) Deployed {
	var d Deployed
	var resources deployedNode
	for _, e := range r.entries("the template", root, 0) {
		switch e.key {
		case "Description":
			d.Description = e.value.text()
		case "Parameters":
			r.parameters(&d, e.value)
		case "Resources":
			resources = e.value
		case "Transform", "Fn::Transform":
			d.Transformed = true
		}
	}
	if resources.Node != nil {
		r.resources(&d, resources)
	}
	if len(d.Resources) == 0 && !d.Transformed {
		r.fail("the template has no resources")
	}
	return d
}

func (r *deployedReader) parameters(d *Deployed, section deployedNode) {
	for _, e := range r.entries("Parameters", section, 0) {
		if e.isFunction() { // Fn::Transform
			d.Transformed = true
			continue
		}
		p := DeployedParameter{Name: e.key}
		for _, a := range r.entries("Parameters."+e.key, e.value, 0) {
			switch {
			case a.key == "Default" && a.value.Kind == yaml.ScalarNode && !a.value.isNull():
				p.Default = new(a.value.Value)
			case a.key == "NoEcho":
				switch strings.ToLower(a.value.text()) {
				case "", "false", "no", "off", "n": // what YAML 1.1 reads as false
				default: // all else may be meant as true
					p.NoEcho = true
				}
			}
		}
		d.Parameters = append(d.Parameters, p)
		r.parameter[p.Name] = true
	}
}

func (r *deployedReader) resources(d *Deployed, section deployedNode) {
	for _, e := range r.entries("Resources", section, 0) {
		if e.isFunction() { // Fn::ForEach::Name or Fn::Transform
			d.Transformed = true
			continue
		}
		res, included := r.resource("Resources."+e.key, e.value)
		res.LogicalID = e.key
		// A module stands for several resources.
		// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/modules.html
		if included || strings.HasSuffix(res.Type, "::MODULE") {
			d.Transformed = true
		}
		d.Resources = append(d.Resources, res)
	}
}

// resource reads a resource. It reports whether text is included in it, which may
// set the attributes that are not seen here.
func (r *deployedReader) resource(where string, n deployedNode) (DeployedResource, bool) {
	var res DeployedResource
	included := false
	var properties deployedNode
	for _, a := range r.entries(where, n, 0) {
		switch a.key {
		case "Type":
			res.Type = a.value.text()
		case "Condition":
			res.Condition = a.value.text()
		case "DeletionPolicy":
			res.DeletionPolicy = a.value.text()
		case "UpdateReplacePolicy":
			res.UpdateReplacePolicy = a.value.text()
		case "Properties":
			properties = a.value
		default:
			included = included || a.isFunction()
		}
	}
	if included {
		res.DeletionPolicy = cmp.Or(res.DeletionPolicy, Computed)
		res.UpdateReplacePolicy = cmp.Or(res.UpdateReplacePolicy, Computed)
	}
	if res.Type == typeDBInstance && properties.Node != nil && !properties.isNull() {
		res.cluster = r.cluster(where+".Properties", properties)
	}
	return res, included
}

// cluster returns the DBClusterIdentifier among the properties of a database
// instance: empty where it is not set, Computed where that cannot be told.
func (r *deployedReader) cluster(where string, properties deployedNode) string {
	absent := ""
	for _, p := range r.entries(where, properties, 0) {
		if p.key == "DBClusterIdentifier" {
			return r.clusterID(p.value)
		}
		if p.isFunction() {
			absent = Computed
		}
	}
	return absent
}

func (r *deployedReader) clusterID(n deployedNode) string {
	if id := n.text(); id != Computed {
		return id
	}
	name, arg := r.call(n)
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
