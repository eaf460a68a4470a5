package command

import (
	"context"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/bucket"
	"github.com/metaflow-cfn/metaflow-cfn/internal/metaflowconfig"
)

// remain is what a deletion leaves, with the command that removes it.
type remain struct {
	what, command string
}

// remains returns what is left after a stack is deleted: buckets with their contents, the log
// group of jobs, and values in Metaflow's configuration.
func (d *deleteCmd) remains(ctx context.Context, s *session) (all []remain) {
	client := bucket.New(s.config)
	queue := false
	for _, r := range d.resources {
		queue = queue || r.Type == queueType
		if r.Type == bucketType && d.kept[r.LogicalID] && r.PhysicalID != d.emptied {
			all = append(all, remain{
				"the bucket " + r.PhysicalID + measure(ctx, client, r.PhysicalID),
				d.commandLine("delete", s.stack.Name) + " --empty-bucket " + r.PhysicalID,
			})
		}
	}
	if queue {
		all = append(all, remain{
			"what jobs have printed, in the log group " + jobLogs + " of all queues of the account",
			"aws logs delete-log-group --log-group-name " + jobLogs + " --region " + s.region,
		})
	}
	if path, names := d.configuredBy(s.stack); names {
		all = append(all, remain{
			"values of the stack in " + path,
			strings.Join([]string{"metaflow-cfn configure", s.stack.ID, "--remove"}, " ") + d.place(),
		})
	}
	return all
}

// configuredBy returns the path of Metaflow's configuration, and whether it has values of a
// stack.
func (d *deleteCmd) configuredBy(stack deploy.Stack) (string, bool) {
	c := d.componentOf(stack)
	if c == nil || !configures(c) {
		return "", false
	}
	path, err := metaflowconfig.Path("")
	if err != nil {
		return "", false
	}
	result := metaflowconfig.Preview(path, metaflowconfig.Change{Remove: true,
		Parts: []metaflowconfig.Part{{Stack: stack.Name, Values: c.Configuration(stack.Outputs),
			Defaults: c.DefaultKeys()}}})
	return path, len(result.Removed) > 0
}

// sayRemains says what is left below a heading, to people, or as records.
func (d *deleteCmd) sayRemains(stack, heading string, all []remain) {
	for i, r := range all {
		if d.records != nil {
			d.records.Remain(stack, r.what, r.command)
			continue
		}
		if i == 0 {
			d.Printf("%s", heading)
		}
		if r.command == "" {
			d.Printf("  %s", r.what)
			continue
		}
		d.Printf("  %s:", r.what)
		d.Printf("    %s", r.command)
	}
}
