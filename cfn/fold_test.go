package cfn_test

import (
	"strings"
	"testing"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// world is a template for evaluating an expression: parameters of each type, a
// true and a false condition, a mapping, and resources under the conditions.
func world(properties map[string]any) *cfn.Template {
	t := &cfn.Template{
		Parameters: []cfn.Parameter{
			{ID: "Word", Type: "String", Default: new("web")},
			{ID: "Empty", Type: "String", Default: new("")},
			{ID: "Odd", Type: "String", Default: new("${Word}")},
			{ID: "Dollar", Type: "String", Default: new("$")},
			{ID: "Number", Type: "Number", Default: new("3")},
			{ID: "Index", Type: "Number", Default: new("1")},
			{ID: "List", Type: "CommaDelimitedList", Default: new("a, b ,c")},
		},
		Mappings: map[string]map[string]map[string]any{"Map": {"web": {"Port": 80,
			"Hosts": []string{"x", "y"}}}},
		Conditions: []cfn.Condition{{ID: "Yes", Expr: cfn.Equals("a", "a")},
			{ID: "No", Expr: cfn.Not(cfn.ConditionRef("Yes"))}},
	}
	t.Add(cfn.Resource{ID: "Live", Condition: "Yes"}, &ec2.VPC{}, nil)
	t.Add(cfn.Resource{ID: "Dropped", Condition: "No"}, &ec2.VPC{}, nil)
	set := cfn.Set{}
	for name, value := range properties {
		set["+"+name] = value
	}
	t.Add(cfn.Resource{ID: "It"}, &ec2.VPC{}, set)
	return t
}

// resolved is the property It of the resource It, as JSON.
func resolved(t *testing.T, value any) (string, error) {
	t.Helper()
	out, err := world(map[string]any{"It": value}).Resolve(nil)
	if err != nil {
		return "", err
	}
	it := out.Resources[len(out.Resources)-1]
	return toJSON(t, it.Properties["It"]), nil
}

func TestFold(t *testing.T) {
	live := cfn.Ref("Live")
	sub := func(text string, vars map[string]string) string { return cfn.Sub(text, vars) }
	for _, test := range []struct {
		name string
		expr any
		want string
	}{
		{"string parameter", cfn.Ref("Word"), `"web"`},
		{"number parameter", cfn.Ref("Number"), `3`},
		{"list parameter", cfn.Ref("List"), `["a","b","c"]`},
		{"pseudo parameter", cfn.Ref("AWS::Region"), `{"Ref":"AWS::Region"}`},
		{"live resource", live, `{"Ref":"Live"}`},
		{"attribute of a live resource", cfn.GetAtt("Live", "Arn"), `{"Fn::GetAtt":["Live","Arn"]}`},
		{"If true", cfn.If("Yes", "a", "b"), `"a"`},
		{"If false, the other branch is not read",
			cfn.If("No", cfn.Ref("Dropped"), cfn.If("Yes", live, "b")), `{"Ref":"Live"}`},
		{"If of an object", cfn.If("Yes", map[string]any{"A": cfn.Ref("Word")}, "b"), `{"A":"web"}`},
		{"NoValue drops its key", map[string]any{"A": cfn.NoValue, "B": "b"}, `{"B":"b"}`},
		{"NoValue drops its item", []any{"a", cfn.If("No", "b", cfn.NoValue), cfn.NoValue, "c"},
			`["a","c"]`},
		{"Select of a list", cfn.Fn("Select", 1, []string{"a", "b"}), `"b"`},
		{"Select by a parameter", cfn.Fn("Select", cfn.Ref("Index"), cfn.Ref("List")), `"b"`},
		{"Select of a function", cfn.Fn("Select", "0", []string{live, "b"}), `{"Ref":"Live"}`},
		{"Select of what is known later", cfn.Fn("Select", 0, cfn.Fn("GetAZs", "")),
			`{"Fn::Select":[0,{"Fn::GetAZs":""}]}`},
		{"Join", cfn.Fn("Join", "-", []string{"a", cfn.Ref("Word"), cfn.Ref("Number"), cfn.NoValue}),
			`"a-web-3"`},
		{"Join of a list", cfn.Fn("Join", "", cfn.Ref("List")), `"abc"`},
		{"Join of what is known later", cfn.Fn("Join", "-", []string{cfn.Ref("Word"), live}),
			`{"Fn::Join":["-",["web",{"Ref":"Live"}]]}`},
		{"Split", cfn.Fn("Split", "e", cfn.Ref("Word")), `["w","b"]`},
		{"Select of Split of Join",
			cfn.Fn("Select", 1, cfn.Fn("Split", "-", cfn.Fn("Join", "-", cfn.Ref("List")))), `"b"`},
		{"Split of Join of what is known later", cfn.Fn("Split", ",", cfn.Fn("Join", ",",
			[]any{cfn.Sub("arn:${AWS::Partition}:a", nil), cfn.Fn("Join", ",", cfn.Ref("List"))})),
			`[{"Fn::Sub":"arn:${AWS::Partition}:a"},"a","b","c"]`},
		{"Split of Join of a reference", cfn.Fn("Split", ",", cfn.Fn("Join", ",", []any{live, "a"})),
			`{"Fn::Split":[",",{"Fn::Join":[",",[{"Ref":"Live"},"a"]]}]}`},
		{"Split of Join at another separator", cfn.Fn("Split", ":", cfn.Fn("Join", ",",
			[]any{cfn.Sub("arn:${AWS::Partition}:a", nil), "b"})),
			`{"Fn::Split":[":",{"Fn::Join":[",",[{"Fn::Sub":"arn:${AWS::Partition}:a"},"b"]]}]}`},
		{"Split of what is known later", cfn.Fn("Split", "-", live),
			`{"Fn::Split":["-",{"Ref":"Live"}]}`},
		{"FindInMap", cfn.Fn("FindInMap", "Map", cfn.Ref("Word"), "Port"), `80`},
		{"FindInMap of a list", cfn.Fn("Select", 0, cfn.Fn("FindInMap", "Map", "web", "Hosts")), `"x"`},
		{"another function", cfn.Fn("Base64", cfn.Ref("Word")), `{"Fn::Base64":"web"}`},
		{"Sub of words", sub("${Word}-${Number}", nil), `"web-3"`},
		{"Sub of variables",
			sub("${A}/${Word}", map[string]string{"A": cfn.Fn("Join", "", cfn.Ref("List"))}), `"abc/web"`},
		{"Sub of a variable over a parameter", sub("${Word}", map[string]string{"Word": "mine"}),
			`"mine"`},
		{"Sub keeps pseudo parameters", sub("${AWS::StackName}-${Word}", nil),
			`{"Fn::Sub":"${AWS::StackName}-web"}`},
		{"Sub keeps references", sub("${Live}:${Live.Arn}", nil), `{"Fn::Sub":"${Live}:${Live.Arn}"}`},
		{"Sub with references inlined",
			sub("${A}/${B}/${C}", map[string]string{"A": live, "B": cfn.GetAtt("Live", "Arn"), "C": "c"}),
			`{"Fn::Sub":"${Live}/${Live.Arn}/c"}`},
		{"Sub with a chosen reference",
			sub("s3://${A}", map[string]string{"A": cfn.If("Yes", live, cfn.Ref("Word"))}),
			`{"Fn::Sub":"s3://${Live}"}`},
		{"Sub with a function left",
			sub("${A}-${B}", map[string]string{"A": cfn.Fn("Select", 0, cfn.Fn("GetAZs", "")), "B": "b"}),
			`{"Fn::Sub":["${A}-b",{"A":{"Fn::Select":[0,{"Fn::GetAZs":""}]}}]}`},
		{"Sub of a literal", sub("${!x}-${Word}", nil), `"${x}-web"`},
		{"Sub keeps a literal", sub("${!x}-${Live}", nil), `{"Fn::Sub":"${!x}-${Live}"}`},
		{"Sub of a value like a place", sub("${Odd}", nil), `"${Word}"`},
		{"Sub keeps a value like a place literal", sub("${Odd}-${Live}", nil),
			`{"Fn::Sub":"${!Word}-${Live}"}`},
		{"Sub of a value that makes a place", sub("${Dollar}{Word}", nil), `"${Word}"`},
		{"Sub of a value that makes a place beside one", sub("${Dollar}{Word}${Live}", nil),
			`{"Fn::Sub":"${!Word}${Live}"}`},
		{"Sub of a dollar before a place", sub("${Dollar}${Live}", nil), `{"Fn::Sub":"$${Live}"}`},
		{"empty Sub", sub("${Empty}", nil), `""`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := resolved(t, test.expr)
			if err != nil {
				t.Fatal(err)
			}
			if got = strings.NewReplacer(`\u003c`, "<").Replace(got); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestFoldErrors evaluates what cannot be.
func TestFoldErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		expr any
		want string
	}{
		{"dropped resource", cfn.Ref("Dropped"), "It: refers to Dropped, which will not exist"},
		{"attribute of a dropped resource", cfn.GetAtt("Dropped", "Arn"),
			"It: refers to Dropped, which will not exist"},
		{"place of a dropped resource", cfn.Sub("${Dropped.Arn}", nil),
			"It: refers to Dropped, which will not exist"},
		{"attribute of a pseudo parameter", cfn.GetAtt("AWS::NoValue", "Arn"),
			"It: refers to AWS::NoValue, which will not exist"},
		{"unknown name", cfn.Ref("Nothing"), "It: refers to Nothing, which will not exist"},
		{"unknown condition", cfn.If("Nothing", "a", "b"), "Nothing is not a condition of the template"},
		{"unknown mapping", cfn.Fn("FindInMap", "Nothing", "a", "b"), "It: mapping Nothing has no a.b"},
		{"unknown row", cfn.Fn("FindInMap", "Map", "a", "Port"), "It: mapping Map has no a.Port"},
		{"row that is known later", cfn.Fn("FindInMap", "Map", cfn.Ref("AWS::Region"), "Port"),
			`It: {"Ref":"AWS::Region"} is not decided by the parameters`},
		{"item after the last", cfn.Fn("Select", 3, cfn.Ref("List")),
			"It: Fn::Select asks for item 3 of a list of 3"},
		{"item that is not a number", cfn.Fn("Select", "x", cfn.Ref("List")),
			"It: Fn::Select asks for item x of a list of 3"},
		{"argument that is dropped", cfn.Fn("Join", cfn.NoValue, []string{"a"}),
			"It: an argument of Fn::Join is AWS::NoValue"},
		{"only argument that is dropped", cfn.Fn("Base64", cfn.NoValue),
			"It: an argument of Fn::Base64 is AWS::NoValue"},
		{"list in a text", cfn.Sub("${List}", nil), "It: List is not text, which Fn::Sub needs"},
		{"nothing in a text", cfn.Sub("${AWS::NoValue}", nil),
			"It: AWS::NoValue is not text, which Fn::Sub needs"},
		{"malformed function", cfn.Fn("If", "Yes", "a"),
			`It: Fn::If does not take these arguments: {"Fn::If":["Yes","a"]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := resolved(t, test.expr)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %s and %v, want %s", got, err, test.want)
			}
		})
	}
}

// TestFoldKeepsTheTemplate resolves the same template in both ways.
func TestFoldKeepsTheTemplate(t *testing.T) {
	template := sample()
	before, err := template.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, public := range []string{"true", "false", "true"} {
		if _, err := template.Resolve(map[string]string{"Public": public}); err != nil {
			t.Fatal(err)
		}
	}
	after, err := template.JSON()
	if err != nil || string(after) != string(before) {
		t.Errorf("the template has become %s, %v", after, err)
	}
}
