package othertools

// Texts of several rows.
const (
	stackArgument = "commands take the stack as an argument, like metaflow-cfn deploy metaflow"
	noTemplate    = "the template is built in; metaflow-cfn generate prints it"
	noUpload      = "the template is small enough to be sent as it is: leave the flag out"
	valueFlags    = "each parameter is a flag, like --maxv-cpus 64; a file is --parameters FILE"
	noPlanFile    = "there are no plan files: plan shows what deploy would do, and deploy asks"
	endpoint      = "set the environment variable AWS_ENDPOINT_URL"
	caBundle      = "set the environment variable AWS_CA_BUNDLE"
	noColour      = "set the environment variable NO_COLOR=1"
	jsonAndJQ     = "print JSON with --output json, and choose from it with jq"
)

// Flags returns the table of flags.
func Flags() []Word {
	return append(append(commonFlags(), deployFlags()...), resourceFlags()...)
}

// commonFlags are those that most commands of the tools have.
func commonFlags() []Word {
	return []Word{
		{"stack-name stack name n", "AWS CLI, SAM, eksctl", nil, stackArgument},
		{"p aws-profile", "Rain, eksctl, Serverless", []string{"profile"}, ""},
		{"r aws-region", "Rain, eksctl, Serverless", []string{"region"}, ""},
		{"debug d trace loglevel", "AWS CLI, Rain, SAM, CDK", []string{"verbose"}, ""},
		{"auto-approve assume-yes", "Terraform", []string{"yes"}, ""},
		{"approve force f no-confirm-changeset no-prompts no-input non-interactive input",
			"eksctl, CDK, SAM, Terraform", []string{"yes"}, ""},
		{"require-approval", "CDK", []string{"yes"}, ""},
		{"confirm-changeset guided g interactive", "SAM", nil, "deploy asks unless --yes is given"},
		{"json j format", "CDK, Terraform", []string{"format json", "output json"}, ""},
		{"query", "AWS CLI", nil, jsonAndJQ},
		{"quiet q no-progressbar ci", "CDK, SAM", []string{"progress plain", "output json"}, ""},
		{"no-color no-colour color C", "Terraform, Rain, CDK, eksctl", nil, noColour},
		{"endpoint-url", "AWS CLI", nil, endpoint},
		{"ca-bundle ca-bundle-path no-verify-ssl", "AWS CLI, CDK", nil, caBundle},
		{"no-cli-pager no-paginate", "AWS CLI", nil, "there is no pager: leave the flag out"},
		{"access-key-id secret-access-key session-token aws-access-key", "AWS CLI", nil,
			"keys are not taken on the command line: use --profile, or the environment"},
		{"version V", "most tools", nil, "the version is a command: metaflow-cfn version"},
		{"wait w", "eksctl, Helm", []string{"wait"}, "the command waits unless it is stopped"},
		{"chdir config config-file c config-env app a context", "Terraform, eksctl, SAM, CDK",
			[]string{"parameters FILE"}, "the command reads no configuration of its own"},
	}
}

// deployFlags are those of deployments.
func deployFlags() []Word {
	return []Word{
		{"dry-run what-if preview", "eksctl, kubectl", nil,
			"metaflow-cfn plan STACK shows what deploy would change, and changes nothing"},
		{"no-execute-changeset no-execute no-exec x change-set-name changeset", "AWS CLI, CDK, Rain",
			nil, "metaflow-cfn plan STACK shows what deploy would change, and changes nothing"},
		{"detailed-exitcode fail-on-changes", "Terraform", []string{"exit-code"}, ""},
		{"fail", "CDK", []string{"exit-code", "check FILE"}, ""},
		{"parameter-overrides param params parameter var", "AWS CLI, SAM, Rain, Terraform", nil,
			valueFlags},
		{"var-file parameters-file parameter-file params-file values cli-input-json cli-input-yaml",
			"Terraform, Helm, AWS CLI", []string{"parameters FILE"}, ""},
		{"no-previous-parameters use-previous-parameters", "CDK, AWS CLI", []string{"unset"}, ""},
		{"template-file template-body template-url template t use-previous-template",
			"AWS CLI, SAM", nil, noTemplate},
		{"s3-bucket s3-prefix resolve-s3 force-upload image-repository resolve-image-repos " +
			"toolkit-stack-name", "AWS CLI, SAM, CDK", nil, noUpload},
		{"capabilities", "AWS CLI, SAM", nil,
			"the capabilities that the template needs are given with it: leave the flag out"},
		{"disable-rollback no-rollback R keep k", "AWS CLI, SAM, CDK, Rain",
			[]string{"on-failure keep"}, ""},
		{"no-disable-rollback", "AWS CLI, SAM", []string{"on-failure rollback"}, ""},
		{"no-fail-on-empty-changeset fail-on-empty-changeset", "AWS CLI, SAM", nil,
			"a deployment without changes ends with exit code 0: leave the flag out"},
		{"enable-termination-protection termination-protection", "AWS CLI, Rain", nil,
			"a new stack is protected unless --no-termination-protection is given"},
		{"no-enable-termination-protection", "AWS CLI",
			[]string{"no-termination-protection", "disable-protection"}, ""},
		{"retain-resources", "AWS CLI", []string{"retain"}, ""},
		{"deletion-mode", "AWS CLI", []string{"force"}, ""},
		{"resources-to-skip orphan", "AWS CLI, CDK", []string{"skip"}, ""},
		{"timeout-in-minutes lock-timeout", "AWS CLI, Terraform", []string{"timeout"}, ""},
		{"detach", "Rain", nil, "Ctrl-C detaches: the operation continues, and watch finds it again"},
		{"stack-policy-body stack-policy-url notification-arns rollback-configuration", "AWS CLI",
			nil, "set it with aws cloudformation: deploy does not change it"},
		{"replace target taint", "Terraform", []string{"allow-replace"}, ""},
		{"role", "wording of the console", []string{"role-arn"}, ""},
		{"tag", "Terraform, CDK", []string{"tags"}, ""},
		{"out", "Terraform", nil, noPlanFile},
		{"output-file outputs-file output-template-file", "AWS CLI, CDK, SAM", []string{"out"},
			"print JSON with --output json, and redirect it with > FILE"},
		{"refresh-only", "Terraform", []string{"drift"}, ""},
		{"destroy", "Terraform", nil, "metaflow-cfn delete STACK deletes a stack"},
		{"hotswap hotswap-fallback parallelism concurrency method exclusively e all lock state " +
			"state-out backup compact-warnings refresh experimental no-analytics " +
			"ignore-unknown-params nested-change-set",
			"CDK, Terraform, Rain", nil, "nothing here corresponds to it: leave the flag out"},
		{"resource-types client-request-token retain-except-on-create include-nested-stacks " +
			"s3-owner node-style", "AWS CLI, Rain", nil, "deploy sets it itself: leave the flag out"},
	}
}

// resourceFlags are those for what a stack has or reuses.
func resourceFlags() []Word {
	return []Word{
		{"vpc vpc-id", "AWS CLI, terraform-aws-metaflow", []string{"existing-vpc-id"}, ""},
		{"cidr cidr-block vpc-cidr-block", "AWS CLI", []string{"vpc-cidr"}, ""},
		{"subnet-ids subnets subnet-id vpc-private-subnets private-subnets private-subnet-ids",
			"AWS CLI, eksctl",
			[]string{"existing-private-subnet1-id", "existing-private-subnet2-id"}, ""},
		{"vpc-public-subnets public-subnets public-subnet-ids", "eksctl",
			[]string{"existing-public-subnet1-id", "existing-public-subnet2-id"}, ""},
		{"subnet1-id", "terraform-aws-metaflow", []string{"existing-private-subnet1-id"}, ""},
		{"subnet2-id", "terraform-aws-metaflow", []string{"existing-private-subnet2-id"}, ""},
		{"subnet1-cidr", "Metaflow's CloudFormation template",
			[]string{"private-subnet1-cidr", "public-subnet1-cidr"}, ""},
		{"subnet2-cidr", "Metaflow's CloudFormation template",
			[]string{"private-subnet2-cidr", "public-subnet2-cidr"}, ""},
		{"security-group security-group-ids security-groups sg", "AWS CLI",
			[]string{"existing-security-group-id"}, ""},
		{"route-table-id", "AWS CLI",
			[]string{"existing-private-route-table-id", "existing-public-route-table-id"}, ""},
		{"nat-gateway-id nat", "AWS CLI", []string{"existing-nat-gateway-id", "nat-per-zone"}, ""},
		{"no-nat vpc-nat-mode", "eksctl", []string{"compute-subnets public", "nat-per-zone"}, ""},
		{"internet-gateway-id igw", "AWS CLI", []string{"existing-internet-gateway-id"}, ""},
		{"allocation-id eip", "AWS CLI", []string{"existing-eip-allocation-id"}, ""},
		{"zones availability-zones azs", "eksctl, AWS CLI",
			[]string{"availability-zone1", "availability-zone2"}, ""},
		{"bucket bucket-name s3", "AWS CLI",
			[]string{"existing-bucket-name", "new-bucket-name"}, ""},
		{"kms-key kms-key-id", "AWS CLI", []string{"kms-key-arn"}, ""},
		{"encryption sse", "AWS CLI", []string{"bucket-encryption"}, ""},

		{"compute-environment compute-environments", "AWS CLI",
			[]string{"existing-compute-environment-arn", "compute-environment-name"}, ""},
		{"job-queue queue job-queues", "AWS CLI",
			[]string{"existing-job-queue-arn", "job-queue-name"}, ""},
		{"job-role job-role-arn iam-role", "AWS CLI", []string{"existing-job-role-arn"}, ""},
		{"instance-role instance-profile", "AWS CLI",
			[]string{"existing-instance-profile-arn"}, ""},
		{"service-role", "AWS CLI",
			[]string{"existing-batch-service-role-arn", "role-arn"}, ""},
		{"execution-role execution-role-arn", "AWS CLI",
			[]string{"existing-execution-role-arn"}, ""},
		{"permissions-boundary", "AWS CLI", []string{"permissions-boundary-arn"}, ""},
		{"policy-arns additional-worker-policy-arn", "Metaflow's CloudFormation template",
			[]string{"job-policy-arns"}, ""},

		{"spot managed-spot", "eksctl", []string{"compute-type SPOT"}, ""},
		{"fargate", "eksctl", []string{"compute-type FARGATE"}, ""},
		{"batch-type type", "terraform-aws-metaflow", []string{"compute-type"}, ""},
		{"instance-type node-type compute-environment-instance-types compute-env-instance-types",
			"AWS CLI, eksctl, terraform-aws-metaflow", []string{"instance-types"}, ""},
		{"nodes-max max-vcpu max-cpus compute-environment-max-vcpus max-vcpu-batch",
			"eksctl, terraform-aws-metaflow", []string{"maxv-cpus"}, ""},
		{"nodes-min min-vcpu min-cpus compute-environment-min-vcpus min-vcpu-batch",
			"eksctl, terraform-aws-metaflow", []string{"minv-cpus"}, ""},
		{"nodes N desired-vcpu desired-cpus compute-environment-desired-vcpus desired-vcpu-batch",
			"eksctl, terraform-aws-metaflow", []string{"desiredv-cpus"}, ""},
		{"ami ami-id node-ami", "eksctl", []string{"image-id"}, ""},
		{"disk-size root-volume-size node-volume-size", "eksctl", []string{"volume-size"}, ""},
		{"key-name key-pair ssh-public-key ssh-access", "AWS CLI, eksctl",
			[]string{"ec2-key-pair"}, ""},
		{"bid spot-price", "AWS CLI", []string{"bid-percentage"}, ""},
	}
}
