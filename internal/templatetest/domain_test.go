package templatetest

import (
	"maps"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/hardening"
	"github.com/metaflow-cfn/metaflow-cfn/generator/scheduler"
	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
)

// TestDomain demands a second value of every parameter: without one no test that
// uses the domain tries the parameter.
func TestDomain(t *testing.T) {
	for _, c := range []*generator.Component{
		core.Component, hardening.Component, scheduler.Component, service.Component,
	} {
		d := NewDomain(c)
		for _, choice := range d.Choices {
			if len(choice.Values) < 2 || choice.Values[0] != choice.Default {
				t.Errorf("%s: the values of %s are %q", c.Name, choice.Name, choice.Values)
			}
		}
		for _, v := range d.Alternatives() {
			if err := c.Check(v); err != nil || len(v) == 0 || len(v) > 10 {
				t.Errorf("%s: %v: %v", c.Name, v, err)
			}
		}
	}
}

// TestComplete adds what a value needs, and nothing where nothing helps.
func TestComplete(t *testing.T) {
	d := NewDomain(core.Component)
	for _, test := range []struct{ given, want generator.Values }{
		{generator.Values{"NatPerZone": "true"}, generator.Values{"NatPerZone": "true"}},
		{generator.Values{"EgressPort2": "22"},
			generator.Values{"EgressPort2": "22", "EgressPort1": "443"}},
		{generator.Values{"ExistingNatGatewayId": "nat-01234567", "ExistingVpcId": ""}, nil},
		{generator.Values{"MinvCpus": "9", "MaxvCpus": "8"}, nil},
	} {
		got, ok := d.Complete(test.given)
		if ok != (test.want != nil) || !maps.Equal(got, test.want) {
			t.Errorf("%v: got %v", test.given, got)
		}
	}
}

// TestDeciding separates what decides about resources from what fills them.
func TestDeciding(t *testing.T) {
	reuse, others := NewDomain(core.Component).Deciding()
	names := map[string]bool{}
	for _, choice := range append(reuse, others...) {
		names[choice.Name] = true
	}
	for name, want := range map[string]bool{
		"ExistingVpcId": true, "ComputeSubnets": true, "EgressPort2": true, "NatPerZone": true,
		"MaxvCpus": false, "AccessLogBucketName": false, "VpcCidr": false, "RolePath": false,
	} {
		if names[name] != want {
			t.Errorf("%s decides: %t", name, names[name])
		}
	}
}

// TestWalk shows that every problem is found.
func TestWalk(t *testing.T) {
	sub := func(text any) map[string]any { return map[string]any{"Fn::Sub": text} }
	template := &cfn.Template{
		Parameters: []cfn.Parameter{{ID: "A"}},
		Resources: []cfn.Resource{{
			ID: "Here", Condition: "C", DependsOn: []string{"Gone", "Gone"},
			Properties: map[string]any{
				"A": "", "B": nil, "C": map[string]any{"Ref": "Gone"}, "E": sub("${Gone.Arn}"),
				"D": map[string]any{"Fn::If": []any{"C", "x", "y"}}, "F": sub([]any{"x"}),
				"G": []any{map[string]any{"Fn::GetAtt": []any{"Gone", "Arn"}}},
				"H": map[string]any{"Ref": "AWS::Region"}, "I": sub("${!Gone} ${Here} ${AWS::Region}"),
			},
		}},
	}
	if problems := Walk(template); len(problems) != 12 {
		t.Errorf("%d problems, want 12: %q", len(problems), problems)
	}
}

// TestPairwise compares the pairs of the sets with those of all combinations that
// the component accepts.
func TestPairwise(t *testing.T) {
	d := NewDomain(hardening.Component)
	sets, pairs := d.Pairwise(0)
	want, got := map[pair]bool{}, map[pair]bool{}
	p := d.pairwise(nil)
	for _, trial := range All(d.Choices) {
		if v := d.Values(d.Choices, trial); hardening.Component.Check(v) == nil {
			for one := range p.pairs(v) {
				want[one] = true
			}
		}
	}
	for _, v := range sets {
		if err := hardening.Component.Check(v); err != nil {
			t.Errorf("%v: %v", v, err)
		}
		for one := range p.pairs(v) {
			got[one] = true
		}
	}
	if !maps.Equal(got, want) || pairs != len(want) || len(sets) > 30 {
		t.Errorf("%d sets hold %d pairs, and %d are said; want %d",
			len(sets), len(got), pairs, len(want))
	}
}
