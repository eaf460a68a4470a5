package othertools

// Commands returns the table of commands.
func Commands() []Word {
	return []Word{
		{"destroy", "Terraform, CDK", []string{"delete"}, ""},
		{"rm", "Rain", []string{"delete"}, ""},
		{"delete-stack delete-change-set", "AWS CLI", []string{"delete"}, ""},
		{"remove down undeploy uninstall teardown purge", "Serverless, Docker Compose, Helm",
			[]string{"delete"}, ""},

		{"apply", "Terraform", []string{"deploy"}, ""},
		{"create-stack update-stack execute-change-set", "AWS CLI", []string{"deploy"}, ""},
		{"create update upgrade scale", "eksctl", []string{"deploy"}, ""},
		{"sync", "SAM", []string{"deploy"}, ""},
		{"up install launch provision start run", "Pulumi, Docker Compose, Helm",
			[]string{"deploy"}, ""},
		{"migrate import", "CDK, Terraform", nil, "resources are reused, not imported: see the " +
			"flags --existing-… of metaflow-cfn deploy --help"},

		{"diff", "CDK, Rain", []string{"plan"}, ""},
		{"preview", "Pulumi", []string{"plan"}, ""},
		{"dry-run create-change-set describe-change-set", "AWS CLI", []string{"plan"}, ""},
		{"forecast", "Rain", []string{"plan"}, ""},
		{"drift detect-stack-drift describe-stack-resource-drifts refresh",
			"CDK, AWS CLI, Terraform", []string{"plan --drift"}, ""},
		{"doctor check verify", "CDK, Pulumi", []string{"verify", "plan"}, ""},

		{"status", "Helm, Pulumi", []string{"watch"}, ""},
		{"describe describe-stacks describe-stack-events describe-stack-resources wait",
			"AWS CLI", []string{"watch"}, ""},
		{"show output outputs", "Terraform", []string{"watch"}, ""},
		{"get", "eksctl", []string{"watch"}, ""},
		{"log logs", "Rain, SAM", []string{"watch"}, ""},
		{"events tail follow monitor", "kubectl", []string{"watch"}, ""},
		{"list ls list-stacks stacks", "CDK, Rain, AWS CLI", []string{"list"},
			"watch STACK shows one stack; all: aws cloudformation list-stacks"},

		{"rollback", "CDK", []string{"recover"}, ""},
		{"continue-update-rollback rollback-stack", "AWS CLI", []string{"recover"}, ""},
		{"continue repair fix heal", "wording of CloudFormation", []string{"recover"}, ""},
		{"cancel-update-stack", "AWS CLI", []string{"cancel"}, ""},
		{"abort stop interrupt", "Pulumi", []string{"cancel"}, ""},
		{"force-unlock unlock", "Terraform", nil,
			"nothing is locked: cancel stops a running update, recover repairs a stack"},

		{"synth synthesize", "CDK", []string{"generate"}, ""},
		{"build package cat pkg fmt get-template", "SAM, Rain, AWS CLI",
			[]string{"generate"}, ""},
		{"template render export", "Helm", []string{"generate"}, ""},
		{"validate", "Terraform, SAM", []string{"generate --resolve"}, ""},
		{"validate-template lint", "AWS CLI, cfn-lint", []string{"generate --resolve"}, ""},
		{"graph tree", "Terraform, Rain", []string{"generate --resolve"}, ""},

		{"init", "Terraform, CDK, SAM", []string{"init", "parameters"}, ""},
		{"new setup", "Pulumi", []string{"init", "parameters"}, ""},
		{"params options variables vars", "AWS CLI", []string{"parameters"}, ""},
		{"config", "Pulumi", []string{"configure", "parameters"}, ""},
		{"write-kubeconfig kubeconfig", "eksctl", []string{"configure"}, ""},
		{"permissions iam role", "wording of IAM", []string{"policy"}, ""},
		{"docs doc", "CDK", []string{"man"}, ""},
		{"info", "Rain, eksctl", []string{"version"}, ""},
		{"bootstrap", "CDK, Rain", nil, "nothing is needed before the first metaflow-cfn deploy"},
		{"login sso", "Terraform, AWS CLI", nil,
			"credentials come from the AWS CLI: aws configure, or aws sso login"},
	}
}
