package review

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// leaves returns the scalars and functions in a tree with their paths.
func leaves(path string, v any) [][]string {
	var rows [][]string
	switch v := v.(type) {
	case map[string]any:
		if _, is := function(v); is {
			break
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			rows = append(rows, leaves(strings.TrimPrefix(path+"."+key, "."), v[key])...)
		}
		return rows
	case []any:
		for i, item := range v {
			rows = append(rows, leaves(path+"["+strconv.Itoa(i)+"]", item)...)
		}
		return rows
	}
	return [][]string{{path, text(v)}}
}

// text returns a value in one line: references as ${Name}, other functions as JSON.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case map[string]any:
		if s, is := function(v); is {
			return s
		}
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, text(item))
		}
		return strings.Join(items, ", ")
	default:
		return fmt.Sprint(v)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return err.Error() // trees are made from JSON, and have a form in it
	}
	return string(out)
}

// function returns a call of a function as text, and whether a tree is one.
func function(m map[string]any) (string, bool) {
	if len(m) != 1 {
		return "", false
	}
	for name, argument := range m {
		switch list, _ := argument.([]any); {
		case name == "Ref":
			return "${" + text(argument) + "}", true
		case name == "Fn::GetAtt" && len(list) == 2:
			return "${" + text(list[0]) + "." + text(list[1]) + "}", true
		case name == "Fn::Sub" && list == nil:
			return text(argument), true
		case strings.HasPrefix(name, "Fn::"):
			out, err := json.Marshal(argument)
			return strings.TrimPrefix(name, "Fn::") + " " + string(out), err == nil
		}
	}
	return "", false
}

// Statement is what a policy of a resource says, in words.
type Statement struct{ Resource, Words string }

// Statements returns the statements of all policies of resolved resources, their managed policies
// and their permissions boundaries.
func Statements(resources []cfn.Resource) (all []Statement) {
	for _, r := range resources {
		for _, s := range statementsIn(r.Properties) {
			all = append(all, Statement{r.ID, sentence(s)})
		}
		if managed := text(r.Properties["ManagedPolicyArns"]); managed != "" {
			all = append(all, Statement{r.ID, "Has the managed policies " + managed + "."})
		}
		if boundary := text(r.Properties["PermissionsBoundary"]); boundary != "" {
			all = append(all, Statement{r.ID, "Is limited by the permissions boundary " + boundary + "."})
		}
	}
	return all
}

// statements lists the statements of all policies in words.
func (p *page) statements(resources []cfn.Resource) {
	var rows [][]string
	for _, s := range Statements(resources) {
		rows = append(rows, []string{s.Resource, s.Words})
	}
	p.section("statements", "IAM statements in words", func() {
		p.table([]string{"resource", "statement"}, rows)
	})
}

// statementsIn returns the statements of all policy documents in a tree.
func statementsIn(v any) []map[string]any {
	var found []map[string]any
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			list, is := v[key].([]any)
			if key != "Statement" || !is {
				found = append(found, statementsIn(v[key])...)
				continue
			}
			for _, item := range list {
				if s, is := item.(map[string]any); is {
					found = append(found, s)
				}
			}
		}
	case []any:
		for _, item := range v {
			found = append(found, statementsIn(item)...)
		}
	}
	return found
}

// parts are the elements of a statement in the order of a sentence, with the words before each.
var parts = []struct{ key, words string }{
	{"Principal", ""}, {"NotPrincipal", "everyone but "},
	{"Action", ""}, {"NotAction", "everything but "},
	{"Resource", "on "}, {"NotResource", "on everything but "},
}

// sentence returns a statement of a policy in words.
func sentence(s map[string]any) string {
	words := []string{map[string]string{"Allow": "Allows", "Deny": "Denies"}[text(s["Effect"])]}
	for _, part := range parts {
		v := s[part.key]
		if v == nil {
			continue
		}
		if strings.HasSuffix(part.key, "Action") && len(words) > 1 {
			words = append(words, "to do") // what a principal may do
		}
		words = append(words, part.words+named(v))
	}
	condition, _ := s["Condition"].(map[string]any)
	var demands []string
	for _, operator := range slices.Sorted(maps.Keys(condition)) {
		keys, _ := condition[operator].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			demands = append(demands, key+" "+operator+" "+text(keys[key]))
		}
	}
	if len(demands) > 0 {
		words = append(words, "if "+strings.Join(demands, " and "))
	}
	return strings.Join(words, " ") + "."
}

// named returns the principals of a statement, or another list.
func named(v any) string {
	m, is := v.(map[string]any)
	if _, call := function(m); !is || call {
		return text(v)
	}
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(m)) {
		all = append(all, kind+" "+text(m[kind]))
	}
	return strings.Join(all, " and ")
}

// Rule is a rule of a security group: who may connect to whom.
type Rule struct{ Group, Direction, Protocol, Peer, Purpose string }

// Rules returns the rules of all security groups of resolved resources.
func Rules(resources []cfn.Resource) (all []Rule) {
	add := func(group, direction string, v any) {
		if rule, is := v.(map[string]any); is {
			all = append(all, Rule{bare(group), direction, ports(rule), bare(peer(rule)), text(rule["Description"])})
		}
	}
	for _, r := range resources {
		switch r.Type {
		case "AWS::EC2::SecurityGroup":
			for _, direction := range []string{"Ingress", "Egress"} {
				list, _ := r.Properties["SecurityGroup"+direction].([]any)
				for _, rule := range list {
					add(r.ID, direction, rule)
				}
			}
		case "AWS::EC2::SecurityGroupIngress":
			add(text(r.Properties["GroupId"]), "Ingress", r.Properties)
		case "AWS::EC2::SecurityGroupEgress":
			add(text(r.Properties["GroupId"]), "Egress", r.Properties)
		}
	}
	return all
}

// securityGroups lists the rules of all security groups.
func (p *page) securityGroups(resources []cfn.Resource) {
	var rows [][]string
	for _, r := range Rules(resources) {
		rows = append(rows, []string{r.Group, r.Direction, r.Protocol, r.Peer, r.Purpose})
	}
	p.section("security-groups", "Rules of security groups", func() {
		p.table([]string{"group", "direction", "protocol", "peer", "purpose"}, rows)
	})
}

// ports returns the protocol and the ports of a rule.
func ports(rule map[string]any) string {
	protocol, from, to := text(rule["IpProtocol"]), text(rule["FromPort"]), text(rule["ToPort"])
	switch {
	case protocol == "-1":
		return "all"
	case from == "" || from == to:
		return strings.TrimSpace(protocol + " " + from)
	}
	return protocol + " " + from + "-" + to
}

// bare returns the logical ID of a reference to the ID of a security group; other text stays.
func bare(s string) string {
	if id, is := strings.CutSuffix(s, ".GroupId}"); is {
		return strings.TrimPrefix(id, "${")
	}
	return s
}

// peers are the properties that name the other end of a rule.
var peers = []string{"CidrIp", "CidrIpv6", "SourceSecurityGroupId", "DestinationSecurityGroupId",
	"SourcePrefixListId", "DestinationPrefixListId"}

// peer returns the other end of a rule.
func peer(rule map[string]any) string {
	for _, key := range peers {
		if v := text(rule[key]); v != "" {
			return v
		}
	}
	return ""
}
