package cfn_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// FuzzResolve resolves small templates of random functions, right and wrong,
// under random values. What comes out has nothing left to decide, resolves to
// itself, and is as sound as the template was, but for strings that the values
// leave empty.
func FuzzResolve(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		seed := make([]byte, 400)
		for i := range seed {
			seed[i] = byte(r.Uint32())
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := &dice{data: data}
		template, values := d.template(), d.values()
		mistake := template.Check()
		out, err := template.Resolve(values)
		if err != nil {
			return
		}
		if text := fmt.Sprint(out.Resources, out.Outputs); undecided.MatchString(text) {
			t.Errorf("not decided: %s", text)
		}
		if len(out.Parameters)+len(out.Conditions)+len(out.Rules)+len(out.Mappings) > 0 {
			t.Errorf("sections are left: %+v", out)
		}
		if again, err := out.Resolve(nil); err != nil ||
			!reflect.DeepEqual(again.Resources, out.Resources) {
			t.Errorf("resolved again: %v, %v, want %v", err, again, out.Resources)
		}
		if err := out.Check(); err == nil {
			sameForms(t, out)
		} else if mistake == nil {
			for line := range strings.Lines(err.Error()) {
				if !strings.Contains(line, "required property is empty") {
					t.Errorf("the template was sound, and now: %s", line)
				}
			}
		}
	})
}

// undecided matches what Resolve must not leave. An object with the key Condition
// refers to a condition only where its value is a string.
var undecided = regexp.MustCompile(`Fn::If|NoValue|map\[Condition:[^\[\]]*\]`)

// TestFuzzReaches shows that the random templates are not all refused.
func TestFuzzReaches(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	sound, resolved := 0, 0
	for range 2000 {
		data := make([]byte, 400)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		d := &dice{data: data}
		template, values := d.template(), d.values()
		if template.Check() == nil {
			sound++
		}
		if _, err := template.Resolve(values); err == nil {
			resolved++
		}
	}
	if sound < 20 || resolved < 200 {
		t.Errorf("of 2000 templates %d are sound and %d are resolved", sound, resolved)
	}
}

// dice makes choices from random bytes; without more bytes it takes the first.
// Wild ones make mistakes.
type dice struct {
	data     []byte
	wild     bool
	deciding bool // a condition, which knows parameters alone
}

func (d *dice) roll(n int) int {
	if len(d.data) == 0 {
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return int(b) % n
}

func (d *dice) of(words ...string) string { return words[d.roll(len(words))] }

func (d *dice) name() string {
	switch {
	case d.wild:
		return d.of("P", "Q", "R", "S", "C", "AWS::Region", "AWS::NoValue", "", "Nothing")
	case d.deciding:
		return d.of("P", "Q")
	}
	return d.of("P", "Q", "R", "R", "AWS::Region")
}

func (d *dice) word() string {
	return d.of("a", "b", "", "0", "1", "true", "a,b", "${P}", "${!P}", "$", "{R}", "a: b", "é", "on")
}

func (d *dice) condition() string {
	switch {
	case d.wild:
		return d.of("C", "D", "E")
	case d.deciding:
		return "D"
	}
	return d.of("C", "D")
}

// values are of some of the parameters.
func (d *dice) values() map[string]string {
	values := map[string]string{}
	for range d.roll(3) {
		if d.wild {
			values[d.of("P", "Q", "X")] = d.word()
		} else {
			values["P"] = d.word()
		}
	}
	return values
}

// template has two parameters, two conditions, two resources and an output.
func (d *dice) template() *cfn.Template {
	d.wild = d.roll(2) == 1
	t := &cfn.Template{
		Parameters: []cfn.Parameter{
			{ID: "P", Type: "String", Default: new(d.word())},
			{ID: "Q", Type: d.of("String", "String", "CommaDelimitedList", "Number"),
				Default: new(d.of("1", "0", "2"))},
		},
		Mappings: map[string]map[string]map[string]any{"M": {"a": {"b": d.word()}}},
	}
	d.deciding = true
	t.Conditions = []cfn.Condition{{ID: "C", Expr: d.test(2)},
		{ID: "D", Expr: cfn.Not(cfn.Equals(d.word(), cfn.Ref("P")))}}
	if d.roll(3) == 1 {
		t.Rules = []cfn.Rule{{ID: "Rule",
			Assertions: []cfn.Assertion{{Assert: cfn.Not(cfn.Equals(cfn.Ref("P"), d.word())),
				Description: "no"}}}}
	}
	d.deciding = false
	t.Add(cfn.Resource{ID: "R", Condition: d.of("", "C", "D", "")}, &ec2.VPC{
		CidrBlock: new(cfn.If("C", cfn.If("D", cfn.Ref("P"), cfn.Ref("Q")),
			cfn.Fn("FindInMap", "M", "a", "b"))),
		InstanceTenancy: new(d.function(2)),
	}, nil)
	r := cfn.Resource{ID: "S", Condition: d.of("", "C", "D", "")}
	if d.roll(3) == 1 {
		r.DependsOn = []string{d.of("R", d.name())}
	}
	if d.roll(3) == 1 {
		r.Metadata = map[string]any{cfn.After: d.value(2), "Other": d.value(1)}
	}
	t.Add(r, &ec2.VPC{InstanceTenancy: new(d.function(2))}, cfn.Set{"+It": d.value(3)})
	t.Outputs = []cfn.Output{{ID: "O", Condition: d.of("", "C", "D"), Value: d.function(3)}}
	return t
}

// test is a condition function, or now and then something else.
func (d *dice) test(depth int) string {
	if depth == 0 {
		return cfn.Equals(d.function(0), d.word())
	}
	switch d.roll(8) {
	case 0:
		return cfn.Not(d.test(depth - 1))
	case 1:
		return cfn.And(d.test(depth-1), d.test(depth-1))
	case 2:
		return cfn.Or(d.test(depth-1), d.test(depth-1))
	case 3:
		return cfn.ConditionRef(d.condition())
	case 4:
		return cfn.Fn("Contains", []string{d.word(), d.word()}, d.function(1))
	case 5:
		if d.wild {
			return d.function(1)
		}
	}
	return cfn.Equals(d.function(1), d.word())
}

// value is an object, a list or a function.
func (d *dice) value(depth int) any {
	if depth == 0 {
		return d.function(0)
	}
	switch d.roll(5) {
	case 0:
		if d.wild {
			key, v := d.of("Ref", "Condition", "Fn::If"), d.value(depth-1)
			if key == "Condition" { // with a string it would be a reference to a condition
				v = []any{v}
			}
			return map[string]any{key: v}
		}
		return map[string]any{"A": d.value(depth - 1), "B": d.value(depth - 1)}
	case 1:
		return []any{d.value(depth - 1), d.value(depth - 1)}
	case 2:
		return cfn.If(d.condition(), d.value(depth-1), d.value(depth-1))
	case 3:
		if !d.wild {
			return cfn.NoValue
		}
		return cfn.Fn(d.of("If", "Sub", "GetAtt", "Select", "Join", "FindInMap", "Not", "Nothing"),
			d.value(depth-1))
	}
	return d.function(depth)
}

// function is a function of text, or a word.
func (d *dice) function(depth int) string {
	if depth == 0 {
		return [...]string{cfn.Ref(d.name()), d.word()}[d.roll(2)]
	}
	next := func() string { return d.function(depth - 1) }
	switch d.roll(10) {
	case 0:
		return cfn.If(d.condition(), next(), next())
	case 1:
		return cfn.Sub(d.text(), map[string]string{d.of("V", "P"): next()})
	case 2:
		return cfn.Sub(d.text(), nil)
	case 3:
		return cfn.Fn("Join", d.word(), []string{next(), next()})
	case 4:
		return cfn.Fn("Select", d.roll(2), []string{next(), next()})
	case 5:
		return cfn.Fn("Select", d.of("0", d.word()), cfn.Fn("Split", d.of(",", "", "a"), next()))
	case 6:
		return cfn.Fn("FindInMap", "M", d.of("a", cfn.Ref("P")), d.of("b", d.word()))
	case 7:
		if d.deciding {
			return d.word()
		}
		return cfn.GetAtt(d.of("R", d.name()), "Arn")
	case 8:
		if d.deciding {
			return d.word()
		}
		return cfn.Fn(d.of("GetAZs", "Base64", "ImportValue"), next())
	}
	return cfn.Ref(d.name())
}

// text is the text of Fn::Sub.
func (d *dice) text() string {
	var b strings.Builder
	for range d.roll(5) {
		b.WriteString(d.of("a", "$", "{", "}", "${", "${!", "${!V}", "${P}", "${"+d.name()+"}"))
		if !d.deciding {
			b.WriteString(d.of("", "${R.Arn}", "${V}"))
		}
	}
	return b.String()
}
