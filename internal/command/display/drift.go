package display

import (
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// DriftNotes are what a component says of a property that was changed outside of
// CloudFormation.
type DriftNotes struct {
	Parameters []string // that set the property
	Keep       string   // the flag that keeps the value as it is now, "" when none does
}

// driftRecord is a resource that was changed or deleted outside of CloudFormation.
type driftRecord struct {
	ID          string             `json:"id"`                    // Logical ID of the resource.
	Physical    string             `json:"physicalId,omitempty"`  // Physical ID of the resource.
	Resource    string             `json:"rtype"`                 // Type of the resource.
	Status      string             `json:"status"`                // MODIFIED or DELETED.
	Differences []differenceRecord `json:"differences,omitempty"` // Properties that differ from the template.
}

// differenceRecord is a property that does not have the value of the template.
type differenceRecord struct {
	Path       string   `json:"path"`                 // Path of the property.
	Kind       string   `json:"kind"`                 // ADD, REMOVE or NOT_EQUAL.
	Expected   string   `json:"expected,omitempty"`   // Value in the template.
	Actual     string   `json:"actual,omitempty"`     // Value in the account.
	Parameters []string `json:"parameters,omitempty"` // Parameters that set the property.
	Keep       string   `json:"keep,omitempty"`       // Flag with which deploy keeps the actual value.
}

// Drift writes what differs from the template. notes tells of each difference.
func (r *Records) Drift(
	stack string, d deploy.Drift, notes func(deploy.DriftedResource, deploy.Difference) DriftNotes,
) {
	rec := record{Type: "drift", Stack: stack, Compared: &d.Compared, Unchecked: d.Unchecked,
		Reason: d.Incomplete}
	for _, one := range d.Resources {
		out := driftRecord{ID: one.LogicalID, Physical: one.PhysicalID, Resource: one.Type,
			Status: "MODIFIED"}
		if one.Deleted {
			out.Status = "DELETED"
		}
		for _, p := range one.Differences {
			n := notes(one, p)
			out.Differences = append(out.Differences, differenceRecord{
				p.Path, p.Kind, p.Expected, p.Actual, n.Parameters, n.Keep,
			})
		}
		rec.Drifted = append(rec.Drifted, out)
	}
	r.write(rec)
}

// Drift prints what differs from the template. notes tells of each difference.
func (c Config) Drift(
	w *terminal.Stream, stack string, d deploy.Drift,
	notes func(deploy.DriftedResource, deploy.Difference) DriftNotes,
) {
	c.Fprintf(w, terminal.Plain, "%s: %s, %d changed or deleted outside of CloudFormation",
		stack, Count(d.Compared, "resource")+" compared", len(d.Resources))
	for _, one := range d.Resources {
		if one.Deleted {
			c.Fprintf(w, terminal.Removal, "   -  %s  %s  %s was deleted",
				one.LogicalID, words(one.Type), one.PhysicalID)
			continue
		}
		c.Fprintf(w, terminal.Notice, "   ~  %s  %s  %s", one.LogicalID, words(one.Type), one.PhysicalID)
		for _, p := range one.Differences {
			n := notes(one, p)
			line := p.Path + ": " + abbreviate(p.Expected) + " in the template, " +
				abbreviate(p.Actual) + " in the account"
			c.Fprintf(w, terminal.Plain, "        %s",
				strings.Join(NonEmpty(line, setBy(n.Parameters), keep(n.Keep)), "   "))
		}
	}
	if len(d.Unchecked) > 0 {
		c.Fprintf(w, terminal.Plain, "Not compared: %s. CloudFormation does not compare resources "+
			"of their type, or could not read them", strings.Join(d.Unchecked, ", "))
	}
	if d.Incomplete != "" {
		c.Fprintf(w, terminal.Notice, "The comparison is not complete: %s", d.Incomplete)
	}
	if len(d.Resources) > 0 {
		c.Fprintf(w, terminal.Plain, "An update changes a property only when its value in the "+
			"template changes: it does not undo these changes")
	}
}

func setBy(parameters []string) string {
	if len(parameters) == 0 {
		return ""
	}
	return "set by parameter " + strings.Join(parameters, ", ")
}

func keep(flag string) string {
	if flag == "" {
		return ""
	}
	return "to keep it: " + flag
}
