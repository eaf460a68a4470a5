package generator_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/awslabs/goformation/v7/cloudformation/sns"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// The parameters of the table of needs below.
var (
	reuseA  = &generator.Parameter{Name: "ExistingA", WhenEmpty: "a new one", Doc: "A."}
	reuseB  = &generator.Parameter{Name: "ExistingB", WhenEmpty: "a new one", Doc: "B."}
	outside = &generator.Parameter{Name: "ExistingOutside", WhenEmpty: "none", Doc: "Outside."}
	wanted  = &generator.Parameter{
		Name: "Wanted", Default: "true", Allowed: generator.OnOff, Doc: "Want.",
	}
)

// needs has a row of every kind.
var needs = generator.Needs{
	{ID: "Always", Noun: "constant"},
	{ID: "A", Noun: "a", Existing: reuseA},
	{ID: "B", Noun: "b", Existing: reuseB, Attribute: "TopicName", NeededBy: []string{"A"}},
	{ID: "OnlyForA", Noun: "part of a", NeededBy: []string{"A"}},
	{ID: "OnlyForPart", Noun: "part of a part", NeededBy: []string{"OnlyForA"}},
	{ID: "Either", Noun: "helper", Attribute: "TopicName", NeededBy: []string{"B", "OnlyForA"}},
	{ID: "Optional", Noun: "option", When: wanted.Is("true")},
	{ID: "OptionalForB", Noun: "option of b", When: wanted.Is("true"), NeededBy: []string{"B"}},
	{ID: "IsWanted", NeededBy: []string{"B"}, When: wanted.Is("true")},
	{ID: "ForPredicate", Noun: "part of the wanted", NeededBy: []string{"IsWanted"}},
	{ID: "Outside", Noun: "outside", Existing: outside, External: true},
}

// needy creates a topic for each row that is a resource.
var needy = &generator.Component{
	Name: "needy", Description: "Needs.", Needs: needs,
	Groups: []generator.Group{{Label: "All", Parameters: []*generator.Parameter{
		reuseA, reuseB, outside, wanted}}},
	Build: func(b *generator.Builder) {
		for _, need := range needs {
			if need.Noun != "" && !need.External {
				b.Create(need.ID, "A topic.", &sns.Topic{}, nil)
			}
		}
	},
}

// TestNeeds lists for each kind of row the condition under which the resource is created, when that
// condition is true, and the reference for other resources.
func TestNeeds(t *testing.T) {
	const (
		newA, newB = `{"Fn::Equals":[{"Ref":"ExistingA"},""]}`, `{"Fn::Equals":[{"Ref":"ExistingB"},""]}`
		isTrue     = `{"Fn::Equals":[{"Ref":"Wanted"},"true"]}`
	)
	expressions := map[string]string{}
	for _, c := range needy.Template().Conditions {
		expressions[c.ID] = c.Expr[1:] // the mark of a function
	}
	for id, want := range map[string]struct{ condition, expr, reference string }{
		"Always":      {"", "", `{"Ref":"Always"}`},
		"A":           {"NewA", newA, `{"Fn::If":["NewA",{"Ref":"A"},{"Ref":"ExistingA"}]}`},
		"OnlyForA":    {"NewA", newA, `{"Ref":"OnlyForA"}`},
		"OnlyForPart": {"NewA", newA, `{"Ref":"OnlyForPart"}`},
		"B": {"CreateB", `{"Fn::And":[{"Condition":"NewA"},{"Condition":"NewB"}]}`,
			`{"Fn::If":["NewB",{"Fn::GetAtt":["B","TopicName"]},{"Ref":"ExistingB"}]}`},
		"Either": {"CreateEither", `{"Fn::Or":[{"Condition":"CreateB"},{"Condition":"NewA"}]}`,
			`{"Fn::GetAtt":["Either","TopicName"]}`},
		"Optional": {"CreateOptional", isTrue, `{"Ref":"Optional"}`},
		"OptionalForB": {"CreateOptionalForB",
			`{"Fn::And":[{"Condition":"CreateB"},` + isTrue + `]}`, `{"Ref":"OptionalForB"}`},
		"IsWanted": {"IsWanted", `{"Fn::And":[{"Condition":"CreateB"},` + isTrue + `]}`, ""},
		"ForPredicate": {"IsWanted", `{"Fn::And":[{"Condition":"CreateB"},` + isTrue + `]}`,
			`{"Ref":"ForPredicate"}`},
		"Outside": {"", "", `{"Ref":"ExistingOutside"}`},
	} {
		condition := ""
		if id != "Outside" { // which nothing is created for
			condition = needs.Condition(id)
		}
		if condition != want.condition || expressions[condition] != want.expr {
			t.Errorf("%s is created under %q, %s; want %q, %s", id, condition,
				expressions[condition], want.condition, want.expr)
		}
		if got := needs.Reference(id); want.reference != "" && got[1:] != want.reference {
			t.Errorf("others refer to %s by %s, want %s", id, got, want.reference)
		}
	}
	if got := expressions["NewB"]; got != newB {
		t.Errorf("NewB is %s, want %s", got, newB)
	}
	names := []string{"CreateB", "CreateEither", "CreateOptional", "CreateOptionalForB",
		"IsWanted", "NewA", "NewB"}
	if got := slices.Sorted(maps.Keys(expressions)); !slices.Equal(got, names) {
		t.Errorf("the conditions are %v, want %v", got, names)
	}
}

// TestNeedsResolve lists the resources that exist when some are reused or not wanted.
func TestNeedsResolve(t *testing.T) {
	all := []string{"A", "Always", "B", "Either", "ForPredicate", "OnlyForA", "OnlyForPart",
		"Optional", "OptionalForB"}
	for name, test := range map[string]struct {
		values  generator.Values
		missing []string
	}{
		"nothing reused": {nil, nil},
		"A reused": {generator.Values{"ExistingA": "a"}, []string{"A", "B", "Either",
			"ForPredicate", "OnlyForA", "OnlyForPart", "OptionalForB"}},
		"B reused": {generator.Values{"ExistingB": "b"}, []string{"B", "ForPredicate",
			"OptionalForB"}},
		"not wanted": {generator.Values{"Wanted": "false"}, []string{"ForPredicate", "Optional",
			"OptionalForB"}},
		"outside given": {generator.Values{"ExistingOutside": "o"}, nil},
	} {
		live, err := needy.Template().Live(test.values)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range all {
			if want := !slices.Contains(test.missing, id); live[id] != want {
				t.Errorf("%s: %s exists: %t", name, id, live[id])
			}
		}
		if len(live) != len(all) {
			t.Errorf("%s: %d resources, want %d", name, len(live), len(all))
		}
	}
}

// TestNeedsNameTheirLack checks that a warning about an unused value names the resources that would
// use it. A predicate is replaced by the resources that need it.
func TestNeedsNameTheirLack(t *testing.T) {
	for name, test := range map[string]struct {
		values generator.Values
		want   string
	}{
		"a consumer": {generator.Values{"ExistingA": "a", "ExistingB": "b"},
			"ExistingB has no effect: no a is created"},
		"nothing at all": {generator.Values{"ExistingOutside": "o"},
			"ExistingOutside has no effect: the result is the same without it"},
	} {
		got := needy.Warnings(test.values, test.values)
		if !slices.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %s", name, got, test.want)
		}
	}
}

// TestNeedsAreSpelt checks that an unknown row panics: the IDs are literals of the program.
func TestNeedsAreSpelt(t *testing.T) {
	defer func() {
		if got := recover(); got != "generator: the table of needs has no row Vcp" {
			t.Errorf("got %v", got)
		}
	}()
	needs.Reference("Vcp")
}

// TestTemplateChecks checks that the encoders report a condition that the tables do not define.
func TestTemplateChecks(t *testing.T) {
	broken := needy.Template()
	broken.Resources = append(broken.Resources, cfn.Resource{
		ID: "Other", Type: "AWS::SNS::Topic", Condition: "CreateOther"})
	if err := broken.Check(); err == nil {
		t.Error("an undefined condition is not reported")
	}
}
