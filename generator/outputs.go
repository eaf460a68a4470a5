package generator

// Output is a row of the table of outputs: a value of the stack, and the key of Metaflow's
// configuration that it sets.
type Output struct {
	Name      string
	Key       string // key in Metaflow's configuration; empty if Metaflow has none
	Doc       string
	Value     any    // expression
	Condition string // condition under which the stack has the output; empty: always
}

// Optional reports whether some stacks do not have the output.
func (o Output) Optional() bool { return o.Condition != "" }

// description begins with the key, so that a person who reads the stack's outputs can write the
// configuration by hand. It is empty for an output without a key: its name suffices.
func (o Output) description() string {
	if o.Key == "" {
		return ""
	}
	return o.Key + ": " + o.Doc
}

// Configuration returns the keys of Metaflow's configuration that a stack's outputs set. Missing or
// empty outputs set no key.
func (c *Component) Configuration(outputs map[string]string) map[string]string {
	config := map[string]string{}
	for _, o := range c.Outputs {
		if v := outputs[o.Name]; o.Key != "" && v != "" {
			config[o.Key] = v
		}
	}
	return config
}
