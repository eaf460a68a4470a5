package command

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// given puts the stack metaflow into a status, with its own parameters.
func given(status string, parameters ...string) func(*bench) {
	return func(b *bench) { b.seed(status, parameters...) }
}

// changeCases test change sets and their deletion.
func changeCases() []faultCase {
	const unchanged = "The submitted information didn't contain changes. Submit different information to create a change set."
	fails := func(reason string) func(*bench) {
		return func(b *bench) {
			b.seed("")
			b.server.FailChangeSet(reason)
		}
	}
	same := func(name, reason string) faultCase {
		return faultCase{number: 33, name: name, args: changeIt, arrange: fails(reason), state: "CREATE_COMPLETE", effects: withdraws, says: []string{"^metaflow: no changes$", "^BucketName="}}
	}
	// between runs after the change set was read and before it is executed.
	between := func(name string, f func(b *bench), state, effects string, says ...string) faultCase {
		return faultCase{number: 35, name: name, args: changeIt, exit: exitRefused, state: state, effects: effects, says: append(says, "plan again"), arrange: func(b *bench) {
			b.seed("")
			b.server.OnCall("DescribeChangeSet", 2, func() { f(b) })
		}}
	}
	refused := func(number int, name, args string, says ...string) faultCase {
		return faultCase{number: number, name: name, args: deployIt + " " + args, arrange: given(""), exit: exitRefused, state: "CREATE_COMPLETE", effects: withdraws, says: says}
	}
	return []faultCase{
		{number: 33, name: "no changes", args: deployIt, arrange: given(""), state: "CREATE_COMPLETE", effects: withdraws, says: []string{"^metaflow: no changes$", "^BucketName="}},
		same("no changes, in the words of change sets", unchanged),
		same("no changes, in the words of updates", "No updates are to be performed."),
		{number: 34, name: "the change set of an update fails", args: changeIt, arrange: fails("Transform failed"), exit: exitUsage, state: "CREATE_COMPLETE", effects: withdraws,
			says: []string{"CloudFormation refuses the change: Transform failed"}},
		{number: 34, name: "the change set of a creation fails", args: deployIt, exit: exitUsage, state: "DELETE_COMPLETE", effects: undoes,
			arrange: func(b *bench) { b.server.FailChangeSet("Model validation failed") }, says: []string{"CloudFormation refuses the change: Model validation failed"}},
		between("deleted by somebody else", (*bench).deleteChangeSet, "CREATE_COMPLETE", withdraws),
		between("executed by somebody else", (*bench).executeChangeSet, "UPDATE_COMPLETE", updates),
		between("made obsolete by somebody else", func(b *bench) {
			b.must(b.server.ForeignUpdate("metaflow"))
			time.Sleep(b.server.Until("metaflow"))
		}, "UPDATE_COMPLETE", withdraws),
		refused(36, "the network would be replaced", "--vpc-cidr 10.1.0.0/16 --public-subnet1-cidr 10.1.0.0/24 --private-subnet1-cidr 10.1.1.0/24 --public-subnet2-cidr 10.1.2.0/24 --private-subnet2-cidr 10.1.3.0/24",
			"this would take away what flows depend on; nothing was changed", "^metaflow-cfn:   Vpc: vpc-[0-9a-f]+ is replaced", "--allow-replace .*Vpc"),
		refused(36, "the queue would be removed", "--existing-job-queue-arn arn:aws:batch:us-east-1:123456789012:job-queue/q",
			"JobQueue: arn:aws:batch:\\S+ is deleted", "ComputeEnvironment", "NatGateway", "Eip", "Vpc"),
		refused(36, "the NAT gateway and its address would be removed", "--compute-subnets public",
			"^metaflow-cfn:   NatGateway: nat-[0-9a-f]+ is deleted$", "^metaflow-cfn:   Eip: \\S+ is deleted$",
			"^Allow: the same command with --allow-replace (Eip,NatGateway|NatGateway,Eip),"+
				"PrivateSubnet1,PrivateSubnet2$"),
		refused(37, "the bucket would be forgotten", "--existing-bucket-name other-bucket", "Bucket: metaflow-bucket-[0-9a-f]+ is kept with its data, outside the stack", "--allow-replace Bucket$"),
		{number: 37, name: "the bucket leaves the stack with permission", args: deployIt + " --existing-bucket-name other-bucket --allow-replace Bucket", arrange: given(""),
			state: "UPDATE_COMPLETE", effects: updates, says: []string{"is kept with its data, outside the stack", "^BucketName=other-bucket$"}, check: func(b *bench) { b.retained("Bucket", "BucketPolicy") }},
	}
}

// deleteChangeSet deletes the change set as somebody else.
func (b *bench) deleteChangeSet() {
	_, err := b.server.Client().DeleteChangeSet(b.Context(), &cloudformation.DeleteChangeSetInput{
		StackName: aws.String("metaflow"), ChangeSetName: aws.String(b.server.ChangeSets("metaflow")[0])})
	b.must(err)
}

// executeChangeSet executes it as somebody else.
func (b *bench) executeChangeSet() {
	_, err := b.server.Client().ExecuteChangeSet(b.Context(), &cloudformation.ExecuteChangeSetInput{
		StackName: aws.String("metaflow"), ChangeSetName: aws.String(b.server.ChangeSets("metaflow")[0])})
	b.must(err)
}

// retained checks which resources deletions have retained.
func (b *bench) retained(want ...string) {
	var got []string
	for _, r := range b.server.Retained() {
		got = append(got, r.LogicalID)
	}
	if !sameSet(got, want) {
		b.Errorf("left behind: %q, want %q", got, want)
	}
}
