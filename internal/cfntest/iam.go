package cfntest

import (
	"net/http"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

// readRoles refuses to read roles: the account has none outside of its stacks. TestPreflight in
// internal/command looks at those of moto.
func (s *Server) readRoles(r *wire.Request) (*wire.Node, string, *wire.Error) {
	return nil, "", &wire.Error{Status: http.StatusForbidden, Code: "AccessDenied",
		Message: "No identity-based policy allows the iam:" + r.Action + " action"}
}
