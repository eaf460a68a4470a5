package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
	"github.com/metaflow-cfn/metaflow-cfn/internal/metaflowconfig"
)

// preview prints what would be put into the file, or taken out of it, and writes nothing.
func (c *configureCmd) preview(stacks []deploy.Stack, path, region string) error {
	result := metaflowconfig.Preview(path, c.change)
	text, err := metaflowconfig.Text(result.Part)
	if err == nil {
		_, err = c.Out.Write(text)
	}
	c.tellLeft(result)
	c.advise(stacks, result)
	if region != "" && !c.change.Remove {
		c.Printf("Jobs run in the stack's region: %s",
			strings.TrimSpace(metaflowconfig.Export("AWS_DEFAULT_REGION", region)))
	}
	return err
}

// tell says on stderr what happened to the file.
func (c *configureCmd) tell(r metaflowconfig.Result) {
	switch {
	case r.Changed():
		c.Printf("wrote %s", r.Path)
	case c.change.Remove:
		c.Printf("%s has none of the values", r.Path)
	default:
		c.Printf("%s has these values already", r.Path)
	}
	if r.Backup != "" {
		c.Printf("kept the old file as %s", r.Backup)
	}
	if len(r.Removed) > 0 {
		c.Printf("removed %s", strings.Join(r.Removed, ", "))
	}
	c.tellLeft(r)
}

// tellLeft says which keys keep their value, and which of the given keys are unknown.
func (c *configureCmd) tellLeft(r metaflowconfig.Result) {
	for _, l := range r.Left {
		c.Printf("%s stays: %s", l.Key, l.Reason)
	}
	for _, key := range slices.Sorted(maps.Keys(c.change.Settings)) {
		if c.change.Settings[key] != "" && !metaflowconfig.Known(key) {
			c.Printf("%s is not a key of Metaflow itself; does an extension read it?", key)
		}
	}
}

// advise says what the configuration lacks for the jobs of the stacks.
func (c *configureCmd) advise(stacks []deploy.Stack, r metaflowconfig.Result) {
	if c.change.Remove {
		return
	}
	for _, stack := range stacks {
		component := c.componentOf(stack)
		if component == nil {
			continue
		}
		for i, line := range component.ConfigurationHints(stack.Parameters, r.Config) {
			if i == 0 {
				line = stack.Name + ": " + line
			} else {
				line = "  " + line
			}
			c.Printf("%s", line)
		}
	}
}

// export prints the lines that set the environment, or the result for a program.
func (c *configureCmd) export(r metaflowconfig.Result, region string) error {
	exports := map[string]string{}
	if region != "" && !c.change.Remove {
		exports["AWS_DEFAULT_REGION"] = region
	}
	if c.metaflowProfile != "" && !c.change.Remove {
		exports["METAFLOW_PROFILE"] = c.metaflowProfile
	}
	if c.format == "json" {
		c.records.Configured(display.Configuration{Stacks: c.names, Result: r, Exports: exports})
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(exports)) {
		fmt.Fprint(c.Out, metaflowconfig.Export(name, exports[name]))
	}
	return nil
}
