package command

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// wholeLists rewrites a template for moto 5.2.1, which keeps AWS::NoValue as an element of a list:
// a list of a launch template or of the security group of a load balancer with elements that are absent
// under a condition becomes whole lists, one for each value of the condition. CloudFormation makes the same of both.
func wholeLists(t testing.TB, template string) string {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(template), &root); err != nil {
		t.Fatal(err)
	}
	if len(root.Content) != 1 {
		return template
	}
	resources := member(root.Content[0], "Resources")
	found := false
	for _, id := range []string{"LaunchTemplate", "LoadBalancerSecurityGroup"} {
		if resource := member(resources, id); resource != nil {
			found = true
			expandLists(resource)
		}
	}
	if !found {
		return template
	}
	out, err := yaml.Marshal(&root)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// member returns the value of a key, nil where there is none.
func member(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// expandLists rewrites the lists below a node. The arguments of a function are not such a list.
func expandLists(n *yaml.Node) {
	for i, c := range n.Content {
		arguments := n.Kind == yaml.MappingNode && i%2 == 1 && strings.HasPrefix(n.Content[i-1].Value, "Fn::")
		if !arguments {
			expandLists(c)
			continue
		}
		for _, argument := range c.Content {
			expandLists(argument)
		}
	}
	if n.Kind != yaml.SequenceNode || n.Tag == "!If" {
		return
	}
	for i, element := range n.Content {
		condition, value, optional := optionalElement(element)
		if !optional {
			continue
		}
		with, without := *n, *n
		with.Content = slices.Clone(n.Content)
		with.Content[i] = value
		without.Content = slices.Delete(slices.Clone(n.Content), i, i+1)
		expandLists(&with)
		expandLists(&without)
		*n = yaml.Node{Kind: yaml.MappingNode, Style: n.Style, Content: []*yaml.Node{
			{Kind: yaml.ScalarNode, Value: "Fn::If", Style: yaml.DoubleQuotedStyle},
			{Kind: yaml.SequenceNode, Style: n.Style, Content: []*yaml.Node{condition, &with, &without}},
		}}
		return
	}
}

// optionalElement returns the condition and the value of an element that is absent without it.
func optionalElement(n *yaml.Node) (condition, value *yaml.Node, optional bool) {
	call := n
	if n.Kind == yaml.MappingNode {
		call = member(n, "Fn::If")
	} else if n.Tag != "!If" {
		return nil, nil, false
	}
	if call == nil || len(call.Content) != 3 {
		return nil, nil, false
	}
	absent := call.Content[2]
	if absent.Kind == yaml.MappingNode {
		absent = member(absent, "Ref")
	}
	if absent == nil || absent.Value != "AWS::NoValue" {
		return nil, nil, false
	}
	return call.Content[0], call.Content[1], true
}

// TestWholeLists: a list has no element that may be absent, in YAML and in JSON.
func TestWholeLists(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"Resources: {LaunchTemplate: {Tags: [1, !If [A, 2, !Ref AWS::NoValue], !If [B, 3, !Ref 'AWS::NoValue']]}}\n": "Resources: " +
			`{LaunchTemplate: {Tags: {"Fn::If": [A, {"Fn::If": [B, [1, 2, 3], [1, 2]]}, {"Fn::If": [B, [1, 3], [1]]}]}}}` + "\n",
		`{"Resources": {"LaunchTemplate": {"Tags": [1, {"Fn::If": ["A", 2, {"Ref": "AWS::NoValue"}]}]}}}`: `{"Resources": {"LaunchTemplate": ` +
			`{"Tags": {"Fn::If": ["A", [1, 2], [1]]}}}}` + "\n",
		`{"Resources": {"LaunchTemplate": {"Key": {"Fn::If": ["A", 1, {"Fn::If": ["B", 2, {"Ref": "AWS::NoValue"}]}]}}}}` + "\n": `{"Resources": ` +
			`{"LaunchTemplate": {"Key": {"Fn::If": ["A", 1, {"Fn::If": ["B", 2, {"Ref": "AWS::NoValue"}]}]}}}}` + "\n",
		"Resources: {Vpc: {Tags: [!If [A, 2, !Ref AWS::NoValue]]}}\n": "Resources: {Vpc: {Tags: [!If [A, 2, !Ref AWS::NoValue]]}}\n",
	} {
		if got := wholeLists(t, template); got != want {
			t.Errorf("%s", got)
		}
	}
}
