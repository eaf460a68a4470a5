package facts_test

import (
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
)

func TestTrusts(t *testing.T) {
	const allow = `"Effect": "Allow", "Action": "sts:AssumeRole"`
	for _, test := range []struct {
		name, statement string
		want            bool
	}{
		{"service", `[{` + allow + `, "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]`, true},
		{"one of several", `[{"Effect": "Allow", "Action": ["sts:TagSession", "sts:AssumeRole"],
			"Principal": {"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}}]`, true},
		{"statement without a list", `{` + allow + `, "Principal": {"Service": "ecs-tasks.amazonaws.com"}}`,
			true},
		{"China", `[{` + allow + `, "Principal": {"Service": "ecs-tasks.amazonaws.com.cn"}}]`, true},
		{"anybody", `[{` + allow + `, "Principal": "*"}]`, true},
		{"every action", `[{"Effect": "Allow", "Action": "sts:*",
			"Principal": {"Service": "ecs-tasks.amazonaws.com"}}]`, true},
		{"another service", `[{` + allow + `, "Principal": {"Service": "ecs.amazonaws.com"}}]`, false},
		{"account", `[{` + allow + `, "Principal": {"AWS": "ecs-tasks.amazonaws.com"}}]`, false},
		{"denied", `[{"Effect": "Deny", "Action": "sts:AssumeRole",
			"Principal": {"Service": "ecs-tasks.amazonaws.com"}}]`, false},
		{"web identity", `[{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
			"Principal": {"Service": "ecs-tasks.amazonaws.com"}}]`, false},
		{"second statement", `[{` + allow + `, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}},
			{` + allow + `, "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]`, true},
		{"no policy", `ecs-tasks.amazonaws.com`, false},
	} {
		policy := `{"Version": "2012-10-17", "Statement": ` + test.statement + `}`
		if got := facts.Trusts(policy, "ecs-tasks.amazonaws.com"); got != test.want {
			t.Errorf("%s: got %t", test.name, got)
		}
	}
	if facts.Trusts("", "ecs-tasks.amazonaws.com") {
		t.Error("an empty policy trusts")
	}
}
