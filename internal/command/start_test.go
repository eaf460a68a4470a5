package command

import (
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// TestStartBuildsNoTemplate runs a command that needs no template: making the commands and their
// flags builds none, for any component.
func TestStartBuildsNoTemplate(t *testing.T) {
	t.Parallel()
	var all []*generator.Component
	for _, c := range components {
		all = append(all, &generator.Component{
			Name: c.Name, File: c.File, Description: c.Description, Groups: c.Groups, Needs: c.Needs,
			Outputs: c.Outputs, Protected: c.Protected, Zones: c.Zones, Preflight: c.Preflight,
			Refresh: c.Refresh, PostDeploy: c.PostDeploy,
			Build: func(*generator.Builder) { t.Errorf("the template of %s is built", c.Name) },
		})
	}
	s := &program{t: t, server: cfntest.New(cfntest.Options{}), components: all}
	s.exits(exitOK, "version")
}
