package command

import (
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// interfaces replaces the network interfaces of the account.
func interfaces(s *script, ts *testscript.TestScript, args []string) {
	var all []cfntest.Interface
	for _, arg := range args {
		id, rest, _ := strings.Cut(arg, ",")
		i := cfntest.Interface{ID: id}
		for pair := range strings.SplitSeq(rest, ",") {
			switch key, value, _ := strings.Cut(pair, "="); key {
			case "":
			case "description":
				i.Description = value
			case "owner":
				i.Owner = value
			case "instance":
				i.Instance = value
			case "status":
				i.Status = value
			default:
				ts.Fatalf("%q is not description, owner, instance or status", key)
			}
		}
		all = append(all, i)
	}
	s.server.SetInterfaces(all...)
}
