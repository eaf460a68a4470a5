package evaluate

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Resource is a physical resource as a stack knows it.
type Resource struct {
	LogicalID, PhysicalID, Type string
	Properties, Metadata        map[string]any // computed
	DeletionPolicy              string         // in effect, defaults included
	UpdateReplacePolicy         string
	After                       []string       // logical IDs that it is created after
	Tags                        map[string]any // the stack's tags that it gets
	Version                     int            // of a launch template or task definition
	Seed                        string         // of its invented IDs
}

// NewID returns the physical ID of a resource that is created.
func (r *Resource) NewID(sc *Scope) string { return r.fill(typeOf(r.Type).id, sc, "") }

var placeholder = regexp.MustCompile(`\{([A-Za-z]+?)([0-9]*)(?:[ :]([^{}]+))?\}`)

// fill computes a form such as "{RouteTableId}|{DestinationCidrBlock}" for a resource. Placeholders
// are the properties and
//
//	{name} {name32} {lower}             the name, shortened to 32 characters or in lower case
//	{hex8} {HEX8} {n}                   digits that follow from the seed and the salt
//	{id} {path} {version} {port} {kind}
//	{arn batch}                         the beginning of a service's ARNs
//	{partition} {account} {region} {suffix}
//
// {LoadBalancerArn:loadbalancer/} is what comes after the last "loadbalancer/" in a value.
func (r *Resource) fill(form string, sc *Scope, salt string) string {
	return placeholder.ReplaceAllStringFunc(form, func(field string) string {
		parts := placeholder.FindStringSubmatch(field)
		name, argument := parts[1], parts[3]
		size, _ := strconv.Atoi(parts[2])
		switch name {
		case "hex":
			return hexID(r.Seed+salt, size)
		case "HEX":
			return strings.ToUpper(hexID(r.Seed+salt, size))
		case "n":
			return fmt.Sprint(1 + int(hash(r.Seed + salt)[0])%254)
		case "arn":
			return r.fill("arn:{partition}:"+argument+":{region}:{account}", sc, "")
		}
		value := r.field(name, sc)
		if i := strings.LastIndex(value, argument); argument != "" && i >= 0 {
			value = value[i+len(argument):]
		}
		if size > 0 && len(value) > size {
			value = strings.TrimSuffix(value[:size], "-")
		}
		return value
	})
}

// field returns the value of a placeholder other than those that are computed from the salt.
func (r *Resource) field(name string, sc *Scope) string {
	switch name {
	case "name":
		random := strings.ToUpper(hexID(r.Seed, 12))
		return cmp.Or(Text(r.Properties[typeOf(r.Type).name]),
			Text(sc.pseudo["AWS::StackName"])+"-"+r.LogicalID+"-"+random)
	case "lower":
		return strings.ToLower(r.field("name", sc))
	case "id":
		return r.PhysicalID
	case "path":
		return cmp.Or(Text(r.Properties["Path"]), "/")
	case "version":
		return strconv.Itoa(r.Version)
	case "port":
		if strings.Contains(Text(r.Properties["Engine"]), "postgres") {
			return cmp.Or(Text(r.Properties["Port"]), "5432")
		}
		return cmp.Or(Text(r.Properties["Port"]), "3306")
	case "kind":
		kinds := map[string]string{"network": "net", "gateway": "gwy"}
		return cmp.Or(kinds[Text(r.Properties["Type"])], "app")
	case "partition":
		return Text(sc.pseudo["AWS::Partition"])
	case "account":
		return Text(sc.pseudo["AWS::AccountId"])
	case "region":
		return Text(sc.pseudo["AWS::Region"])
	case "suffix":
		return Text(sc.pseudo["AWS::URLSuffix"])
	}
	return Text(r.Properties[name])
}

// attribute returns what Fn::GetAtt gives: an attribute of the type, a property of the same name,
// or, for types that are not in the table, a plausible text. Ok is false when a known type has no
// such attribute.
func (r *Resource) attribute(name string, sc *Scope) (value any, ok bool) {
	if r.PhysicalID == KnownAfterApply {
		return KnownAfterApply, true
	}
	t := typeOf(r.Type)
	if form, ok := t.attribute(name); ok {
		item, isList := strings.CutPrefix(form, "[]")
		switch value := r.fill(item, sc, name); {
		case !isList:
			return value, true
		case value == "":
			return []any{}, true
		default:
			return []any{value}, true
		}
	}
	if v, ok := r.Properties[name]; ok {
		return v, true
	}
	switch {
	case t.attributes != "":
		return nil, false
	case strings.HasSuffix(name, "Arn"):
		service := strings.ToLower(strings.Split(r.Type+"::", "::")[1])
		return r.fill("{arn "+service+"}:{id}", sc, ""), true
	case strings.HasSuffix(name, "Id"):
		return r.PhysicalID, true
	}
	return r.PhysicalID + "-" + name, true
}

// replaces tells whether a change of a property by path, such as ["ComputeResources", "MaxvCpus"],
// replaces the resource.
func (r *Resource) replaces(path []string) bool {
	for fixed := range strings.FieldsSeq(typeOf(r.Type).fixed) {
		if strings.HasPrefix(strings.Join(path, ".")+".", fixed+".") {
			return true
		}
	}
	return r.replacesConditionally(path) &&
		Text(r.Properties["ReplaceComputeEnvironment"]) != "false"
}

// replacesConditionally tells whether a change of a property replaces the resource if another
// property says so.
func (r *Resource) replacesConditionally(path []string) bool {
	return r.Type == environmentType && path[0] == "ComputeResources" && len(path) > 1 &&
		slices.Contains(conditional, path[1])
}
