package generator

// Output is a row of the table of outputs: a value of the stack, and the key of Metaflow's
// configuration that it sets.
type Output struct {
	Name      string
	Key       string // key in Metaflow's configuration; empty if Metaflow has none
	Doc       string
	Value     any    // expression
	Condition string // condition under which the stack has the output; empty: always
	Default   bool   // another stack's value, or a configured one, takes precedence
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

// DefaultKeys returns the keys of Metaflow's configuration for which the component
// feeds a default alone.
func (c *Component) DefaultKeys() []string {
	var keys []string
	for _, o := range c.Outputs {
		if o.Default {
			keys = append(keys, o.Key)
		}
	}
	return keys
}

// ConfigurationHints returns what Metaflow's configuration lacks for the jobs of a stack
// with the parameters. Parameters that the component does not know do not count.
func (c *Component) ConfigurationHints(parameters, config map[string]string) []string {
	if c.Hints == nil {
		return nil
	}
	v := Values{}
	for name, value := range parameters {
		if p := c.Lookup(name); p != nil && p.Check(value) == nil {
			v[name] = value
		}
	}
	live, err := c.Template().Live(v)
	if err != nil {
		return nil
	}
	return c.Hints(v, live, config)
}
