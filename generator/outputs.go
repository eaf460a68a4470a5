package generator

// Output is a row of the table of outputs: what the stack reports, and the key
// of Metaflow's configuration that it feeds.
type Output struct {
	Name      string
	Key       string // of Metaflow's configuration; empty where Metaflow has none
	Doc       string
	Value     any    // expression
	Condition string // under which the stack has the output; empty: always
}

// Optional reports whether some stacks do not have the output.
func (o Output) Optional() bool { return o.Condition != "" }

// description begins with the key, so that a person who reads the stack's
// outputs can write the configuration by hand. An output that feeds no key says
// enough by its name.
func (o Output) description() string {
	if o.Key == "" {
		return ""
	}
	return o.Key + ": " + o.Doc
}

// Configuration returns the keys of Metaflow's configuration that a stack's
// outputs feed. Outputs that are missing or empty give no key.
func (c *Component) Configuration(outputs map[string]string) map[string]string {
	config := map[string]string{}
	for _, o := range c.Outputs {
		if v := outputs[o.Name]; o.Key != "" && v != "" {
			config[o.Key] = v
		}
	}
	return config
}
