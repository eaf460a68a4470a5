package command

import (
	"fmt"
	"strings"
)

// inputCases are invalid command lines and files; nothing is called for them.
func inputCases() []faultCase {
	bad := func(number int, name, args string, says ...string) faultCase {
		return faultCase{number: number, name: name, args: args, exit: exitUsage, says: says, check: (*bench).uncalled}
	}
	file := func(name, content string, says ...string) faultCase {
		o := bad(11, name, deployIt+" --parameters values.yaml", says...)
		o.files = map[string]string{"values.yaml": content}
		return o
	}
	long := strings.Repeat("a", 129)
	var tags []string
	for n := range 51 {
		tags = append(tags, fmt.Sprintf("key%d=value", n))
	}
	return []faultCase{
		bad(9, "unknown flag", deployIt+" --colour red", `flag "--colour" is unknown`),
		bad(9, "typo in a flag", deployIt+" --maxv-cpu 64", `flag "--maxv-cpu" is unknown: did you mean --maxv-cpus\?`),
		bad(9, "typo in a command", "deplyo metaflow", `command "deplyo" is unknown: did you mean deploy\?`),
		bad(9, "too many arguments", deployIt+" other", `"other"`),
		bad(10, "all contradictions at once", "generate --bucket-encryption AES256 --kms-key-arn arn:aws:kms:us-east-1:123456789012:key/k --bid-percentage 60 --minv-cpus 300",
			"KmsKeyArn", "BidPercentage needs ComputeType SPOT", "MinvCpus 300 is greater than MaxvCpus 256"),
		bad(11, "file that is not there", deployIt+" --parameters absent.yaml", "absent.yaml: no such file or directory"),
		file("wrong type", "Parameters:\n  MaxvCpus: [1]\n", `values.yaml:2:13: MaxvCpus: a list is `+
			`given where a word is wanted`),
		file("unknown key", "Parameters:\n  MaxvCpu: 1\n", `values.yaml:2:3: parameter "MaxvCpu" is unknown: did you mean MaxvCpus\?`),
		file("duplicate key", "Parameters:\n  MaxvCpus: 1\n  MaxvCpus: 2\n", "values.yaml:3:3: parameter MaxvCpus is given twice"),
		file("ten megabytes", "Parameters:\n"+strings.Repeat("# 10 MB\n", 10<<20/8), "has at most 1048576"),
		file("NUL", "Parameters:\n  MaxvCpus: 1\x00\n", "has a NUL byte"),
		file("byte order mark and carriage returns", "\xef\xbb\xbfParameters:\r\n  MaxvCpus: 0\r\n", `values.yaml:2:13: MaxvCpus: 0 is not from 1 to 100000`),
		bad(12, "invalid CIDR block", deployIt+" --vpc-cidr 10.0.0.0/33", `--vpc-cidr: `),
		bad(12, "overlapping CIDR blocks", "generate --public-subnet1-cidr 10.0.1.0/24", "PublicSubnet1Cidr.*overlap|overlap.*PublicSubnet1Cidr"),
		bad(12, "subnet outside the VPC", "generate --private-subnet2-cidr 192.168.0.0/24", "PrivateSubnet2Cidr 192.168.0.0/24"),
		bad(12, "one zone for both subnets", "generate --availability-zone1 us-east-1a --availability-zone2 us-east-1a", "AvailabilityZone"),
		bad(13, "empty name", "deploy  --yes", "stack name"),
		bad(13, "name too long", "deploy "+long+" --yes", "stack name"),
		bad(13, "name like a flag", "deploy -x --yes", `-x`),
		bad(13, "name in Cyrillic", "deploy м --yes", "stack name"),
		bad(13, "name with shell code", "deploy $(rm) --yes", "stack name"),
		bad(13, "name with a path", "deploy ../x --yes", "stack name"),
		bad(13, "name with control characters", "deploy a\x1b[31m\u202eb --yes", "stack name"),
		bad(14, "bucket name in capitals", deployIt+" --new-bucket-name My_Bucket", "--new-bucket-name: "),
		bad(14, "bucket name like an address", deployIt+" --new-bucket-name 192.168.5.4", "--new-bucket-name: "),
		bad(14, "bucket name with a reserved beginning", deployIt+" --new-bucket-name xn--bucket", "--new-bucket-name: "),
		bad(15, "reserved tag", deployIt+" --tags aws:a=b", `begins with aws:`),
		bad(15, "tag key too long", deployIt+" --tags "+long+"=b", "128"),
		bad(15, "51 tags", deployIt+" --tags "+strings.Join(tags, ","), "51.*50"),
		bad(15, "tag that IAM does not take", deployIt+" --tags 🎉=naïve",
			"tag key \"🎉\" has the character 🎉, which IAM does not take"),
		{number: 15, name: "tags with letters of all languages", args: deployIt + " --tags 分類=naïve",
			state: "CREATE_COMPLETE", effects: creates,
			says: []string{"^OK metaflow"}, check: func(b *bench) {
				b.asked("CreateChangeSet",
					"Tags.member.1.Key", "分類")
			}},
		bad(16, "compute environment's name too long", deployIt+" --compute-environment-name "+long, "--compute-environment-name: .*128"),
		bad(16, "queue's name too long", deployIt+" --job-queue-name "+long, "--job-queue-name: .*128"),
		bad(17, "value that is not allowed", deployIt+" --compute-type LAMBDA", "--compute-type: .*EC2"),
		bad(17, "unknown parameter", deployIt+" --unset Colour", `--unset: parameter "Colour" is unknown`),
	}
}

// templateCases are templates that CloudFormation refuses.
func templateCases() []faultCase {
	refuses := func(number int, name, code, message string, says ...string) faultCase {
		return faultCase{number: number, name: name, args: deployIt, exit: exitUsage, says: append(says, message),
			arrange: func(b *bench) { b.server.FaultError("CreateChangeSet", 400, code, message) }}
	}
	return []faultCase{
		refuses(17, "parameter that the template misses", "ValidationError", "Parameters: .Colour. do not exist in the template"),
		refuses(18, "template too large", "ValidationError", "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200"),
		refuses(19, "template that is not valid", "ValidationError", "Template format error: Unresolved resource dependencies .Vpc. in the Resources block of the template"),
		refuses(19, "capability that is missing", "InsufficientCapabilities", "Requires capabilities : .CAPABILITY_AUTO_EXPAND."),
	}
}

// uncalled checks that the program has not called AWS.
func (b *bench) uncalled() {
	if calls := b.server.Calls(); len(calls) > 0 {
		b.Errorf("%d calls, the first %s", len(calls), calls[0].Action)
	}
	if b.stdout != "" {
		b.Errorf("stdout: %.100q", b.stdout)
	}
}

// asked checks a parameter of the last call of an action.
func (b *bench) asked(action, name, want string) {
	got := "no call"
	for _, c := range b.server.Calls() {
		if c.Action == action {
			got = c.Params[name]
		}
	}
	if got != want {
		b.Errorf("%s %s is %q, want %q", action, name, got, want)
	}
}
