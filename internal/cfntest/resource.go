package cfntest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// resource is a physical resource as a stack knows it.
type resource struct {
	logical, physical, typ string
	props                  map[string]any // computed
	policy, replacePolicy  string
	metadata               map[string]any
	after                  []string       // logical IDs that it was created after
	tags                   map[string]any // the stack's tags that it got
	version                int            // of a launch template or task definition
	seed                   string         // of what is invented for it
}

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
func (r *resource) fill(form string, sc *scope, salt string) string {
	return placeholder.ReplaceAllStringFunc(form, func(field string) string {
		parts := placeholder.FindStringSubmatch(field)
		name, argument := parts[1], parts[3]
		size, _ := strconv.Atoi(parts[2])
		switch name {
		case "hex":
			return hexID(r.seed+salt, size)
		case "HEX":
			return strings.ToUpper(hexID(r.seed+salt, size))
		case "n":
			return fmt.Sprint(1 + int(hash(r.seed + salt)[0])%254)
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

// field returns the value of a placeholder that is not invented anew each time.
func (r *resource) field(name string, sc *scope) string {
	switch name {
	case "name":
		random := strings.ToUpper(hexID(r.seed, 12))
		return cmp.Or(textOf(r.props[typeOf(r.typ).name]),
			textOf(sc.pseudo["AWS::StackName"])+"-"+r.logical+"-"+random)
	case "lower":
		return strings.ToLower(r.field("name", sc))
	case "id":
		return r.physical
	case "path":
		return cmp.Or(textOf(r.props["Path"]), "/")
	case "version":
		return strconv.Itoa(r.version)
	case "port":
		if strings.Contains(textOf(r.props["Engine"]), "postgres") {
			return cmp.Or(textOf(r.props["Port"]), "5432")
		}
		return cmp.Or(textOf(r.props["Port"]), "3306")
	case "kind":
		kinds := map[string]string{"network": "net", "gateway": "gwy"}
		return cmp.Or(kinds[textOf(r.props["Type"])], "app")
	case "partition":
		return textOf(sc.pseudo["AWS::Partition"])
	case "account":
		return textOf(sc.pseudo["AWS::AccountId"])
	case "region":
		return textOf(sc.pseudo["AWS::Region"])
	case "suffix":
		return textOf(sc.pseudo["AWS::URLSuffix"])
	}
	return textOf(r.props[name])
}

// attribute returns what Fn::GetAtt gives: an attribute of the type's, a property of the same name,
// or, for types that are not in the table, a plausible text. Ok is false when a known type has no
// such attribute.
func (r *resource) attribute(name string, sc *scope) (value any, ok bool) {
	if r.physical == knownAfterApply {
		return knownAfterApply, true
	}
	t := typeOf(r.typ)
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
	if v, ok := r.props[name]; ok {
		return v, true
	}
	switch {
	case t.attributes != "":
		return nil, false
	case strings.HasSuffix(name, "Arn"):
		service := strings.ToLower(strings.Split(r.typ+"::", "::")[1])
		return r.fill("{arn "+service+"}:{id}", sc, ""), true
	case strings.HasSuffix(name, "Id"):
		return r.physical, true
	}
	return r.physical + "-" + name, true
}

// replaces tells whether a change of a property by path, such as ["ComputeResources", "MaxvCpus"],
// makes a new resource.
func (r *resource) replaces(path []string) bool {
	for fixed := range strings.FieldsSeq(typeOf(r.typ).fixed) {
		if path[0] == fixed {
			return true
		}
	}
	// A compute environment scales in place. Any other change of its ComputeResources replaces it,
	// unless ReplaceComputeEnvironment is false.
	if r.typ == "AWS::Batch::ComputeEnvironment" && path[0] == "ComputeResources" && len(path) > 1 &&
		textOf(r.props["ReplaceComputeEnvironment"]) != "false" {
		switch path[1] {
		case "MinvCpus", "MaxvCpus", "DesiredvCpus":
			return false
		}
		return true
	}
	return false
}

func hash(seed string) [32]byte { return sha256.Sum256([]byte(seed)) }

// hexID returns n hexadecimal digits that follow from the seed, so that two equal runs have equal
// IDs.
func hexID(seed string, n int) string {
	sum := hash(seed)
	return hex.EncodeToString(sum[:])[:n]
}

// uuid returns a UUID that follows from the seed.
func uuid(seed string) string {
	h := hexID(seed, 32)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:32]
}
