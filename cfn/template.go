package cfn

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Template is a CloudFormation template. Entries keep the order in which they
// are added. A mistake made while building it is kept and returned by the
// encoders, by Check and by Resolve.
type Template struct {
	Description string
	Metadata    map[string]any
	Parameters  []Parameter
	Rules       []Rule
	Mappings    map[string]map[string]map[string]any
	Conditions  []Condition
	Resources   []Resource
	Outputs     []Output

	errs  []error
	trees sync.Map // trees that nothing may change, by expression
}

// Parameter is an input of the template. Values are strings for CloudFormation
// whatever the type.
type Parameter struct {
	ID            string
	Type          string // String, Number or CommaDelimitedList
	Default       *string
	Description   string
	AllowedValues []string
	Pattern       string // AllowedPattern: the whole value must match
	Constraint    string // ConstraintDescription: what the pattern demands
	Min, Max      *int   // MinValue and MaxValue of a Number
}

// Rule is a set of assertions about parameter values, which CloudFormation tests
// before it creates anything.
type Rule struct {
	ID         string
	When       string // RuleCondition; empty: always
	Assertions []Assertion
}

// Assertion is a condition function that must be true where its rule applies.
// Description is what the user reads where it is not.
type Assertion struct {
	Assert, Description string

	// Parts are the assertions that this one combines to save bytes. Go evaluates
	// them in its place, as each says more exactly what is wrong.
	Parts []Assertion
}

// Condition is a named function that is true or false.
type Condition struct {
	ID, Expr string
}

// Resource is a resource to create. Add takes Type and Properties from the typed
// struct.
type Resource struct {
	ID, Doc   string // Doc is the comment over the resource
	Condition string
	DependsOn []string
	// DeletionPolicy is empty, Delete, Retain, RetainExceptOnCreate or Snapshot.
	// The encoders write the same UpdateReplacePolicy, but Retain beside
	// RetainExceptOnCreate, which UpdateReplacePolicy does not take.
	DeletionPolicy string
	Metadata       map[string]any
	Type           string
	Properties     map[string]any
}

// Output is a value that the stack reports.
type Output struct {
	ID, Condition, Description string
	Value                      any
}

// Typed is a resource of goformation.
type Typed interface{ AWSCloudFormationType() string }

// After is the Metadata key whose references order a resource after others that
// may not exist, where DependsOn cannot: CloudFormation refuses a DependsOn that
// resolves to nothing. Resolve turns it into a DependsOn of what exists.
const After = "After"

// Add appends a resource with the properties of typed and those of set, and returns
// its Ref.
func (t *Template) Add(r Resource, typed Typed, set Set) string {
	r.Type = typed.AWSCloudFormationType()
	properties, err := properties(typed, set)
	if err != nil {
		t.errs = append(t.errs, fmt.Errorf("%s: %w", r.ID, err))
	}
	r.Properties = properties
	if r.Metadata != nil {
		tree, err := decode(r.Metadata)
		if err != nil {
			t.errs = append(t.errs, fmt.Errorf("%s: Metadata: %w", r.ID, err))
		}
		r.Metadata, _ = tree.(map[string]any)
	}
	t.Resources = append(t.Resources, r)
	return Ref(r.ID)
}

// WithDefaults returns the template with the given values as parameter defaults. A
// name that is not a parameter is an error.
func (t *Template) WithDefaults(values map[string]string) (*Template, error) {
	out := &Template{
		Description: t.Description, Metadata: t.Metadata,
		Parameters: slices.Clone(t.Parameters), Rules: t.Rules, Mappings: t.Mappings,
		Conditions: t.Conditions, Resources: t.Resources, Outputs: t.Outputs, errs: t.errs,
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(out.Parameters, func(p Parameter) bool { return p.ID == name })
		if i < 0 {
			return nil, fmt.Errorf("%s is not a parameter of the template", name)
		}
		out.Parameters[i].Default = new(values[name])
	}
	return out, nil
}

// tree returns the tree of an expression or of another value. Expressions are
// parsed once.
func (t *Template) tree(v any) any {
	expr, ok := v.(string)
	if !ok {
		return unmarked(v)
	}
	if tree, known := t.trees.Load(expr); known {
		return tree
	}
	tree := unmarked(expr)
	t.trees.Store(expr, tree)
	return tree
}
