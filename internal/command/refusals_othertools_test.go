package command

// othersCommands are commands of other tools, with what is answered.
var othersCommands = []refusal{
	{line: "destroy metaflow", want: `command "destroy" is unknown: did you mean delete?`}, // Terraform, CDK
	{line: "rm metaflow", want: `command "rm" is unknown: did you mean delete?`},           // Rain
	{line: "apply", want: `command "apply" is unknown: did you mean deploy?`},              // Terraform
	{line: "up", want: `command "up" is unknown: did you mean deploy?`},                    // Pulumi
	{line: "help apply", want: `command "apply" is unknown: did you mean deploy?`},
	{line: "diff metaflow", want: `command "diff" is unknown: did you mean plan?`},                                      // CDK, Rain
	{line: "drift metaflow", want: `command "drift" is unknown: did you mean plan --drift?`},                            // CDK
	{line: "status metaflow", want: `command "status" is unknown: did you mean watch?`},                                 // Helm
	{line: "describe-stacks", want: `command "describe-stacks" is unknown: did you mean watch?`},                        // AWS CLI
	{line: "logs metaflow", want: `command "logs" is unknown: did you mean watch?`},                                     // SAM
	{line: "synth", want: `command "synth" is unknown: did you mean generate?`},                                         // CDK
	{line: "validate", want: `command "validate" is unknown: did you mean generate --resolve?`},                         // Terraform
	{line: "rollback metaflow", want: `command "rollback" is unknown: did you mean recover?`},                           // CDK
	{line: "continue-update-rollback", want: `command "continue-update-rollback" is unknown: did you mean recover?`},    // AWS CLI
	{line: "bootstrap", want: `command "bootstrap" is unknown: nothing is needed before the first metaflow-cfn deploy`}, // CDK
}

// othersFlags are flags of other tools, with what is answered.
var othersFlags = []refusal{
	{line: "generate --vpc-id vpc-1 --subnet-ids a,b", // AWS CLI
		want: `flag "--vpc-id" is unknown: did you mean --existing-vpc-id?
		flag "--subnet-ids" is unknown: did you mean --existing-private-subnet1-id or --existing-private-subnet2-id?`},
	{line: "generate --subnet1_id subnet-1 --compute_environment_max_vcpus 4", // terraform-aws-metaflow
		want: `flag "--subnet1_id" is unknown: did you mean --existing-private-subnet1-id?
		flag "--compute_environment_max_vcpus" is unknown: did you mean --maxv-cpus?`},
	{line: "generate --bucket b --job-queue q --image i", // AWS CLI
		want: `flag "--bucket" is unknown: did you mean --existing-bucket-name or --new-bucket-name?
		flag "--job-queue" is unknown: did you mean --existing-job-queue-arn or --job-queue-name?
		flag "--image" is unknown: did you mean --image-id or --image-refresh or --image-type?`},
	{line: "generate --spot --fargate --no-nat --json", // eksctl, CDK
		want: `flag "--spot" is unknown: did you mean --compute-type SPOT?
		flag "--fargate" is unknown: did you mean --compute-type FARGATE?
		flag "--no-nat" is unknown: did you mean --compute-subnets public or --nat-per-zone?
		flag "--json" is unknown: did you mean --format json?`},
	{line: "deploy metaflow --yes --stack-name m --capabilities CAPABILITY_IAM --parameter-overrides A=b", // AWS CLI
		want: `flag "--stack-name" is unknown: commands take the stack as an argument, like metaflow-cfn deploy metaflow
		flag "--capabilities" is unknown: the capabilities that the template needs are given with it: leave the flag out
		flag "--parameter-overrides" is unknown: each parameter is a flag, like --maxv-cpus 64; a file is --parameters FILE`},
	{line: "deploy metaflow -auto-approve -var-file=x.yaml -out=plan", // Terraform
		want: `flag "-auto-approve" is unknown: did you mean --yes?
		flag "-var-file" is unknown: did you mean --parameters FILE?
		flag "-out" is unknown: there are no plan files: plan shows what deploy would do, and deploy asks
		there is no terminal to confirm on: give --yes`},
	{line: "deploy metaflow --yes --dry-run -p=dev -r=us-east-1", // eksctl, Rain
		want: `flag "--dry-run" is unknown: metaflow-cfn plan STACK shows what deploy would change, and changes nothing
		flag "-p" is unknown: did you mean --profile?
		flag "-r" is unknown: did you mean --region?`},
	{line: "delete metaflow --yes --retain-resources Vpc", // AWS CLI
		want: `flag "--retain-resources" is unknown: did you mean --retain?`},
	{line: "watch metaflow --auto-approve --yes --existing-vpc-id=vpc-1", // flags of other commands
		want: `flag "--auto-approve" is unknown: --yes is a flag of cancel, delete, deploy, recover
		flag "--yes" is unknown: it is a flag of cancel, delete, deploy, recover
		flag "--existing-vpc-id" is unknown: it is a flag of deploy, generate, plan`},
	{line: "generate --no-nat-per-zone --no-s3-endpoint",
		want: `flag "--no-nat-per-zone" is unknown: did you mean --nat-per-zone=false?
		flag "--no-s3-endpoint" is unknown: did you mean --s3-endpoint=false?`},
	{line: "generate --nat-per-zone yes --max_vcpus 0",
		want: `--nat-per-zone: "yes" is not one of true, false
		--maxv-cpus: 0 is not from 1 to 100000`},
}
