package command

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// concurrencyCases test changes to the stack by other people.
func concurrencyCases() []faultCase {
	const taken = `another operation \(foreign-\S+\) has taken over: `
	return []faultCase{
		{number: 39, name: "somebody else's update runs", args: changeIt, options: cfntest.Options{Scale: 1}, exit: exitRefused, state: "UPDATE_IN_PROGRESS",
			arrange: foreignUpdate, says: []string{"another operation is running", "with --wait$"}},
		{number: 39, name: "somebody else's update is waited for", args: changeIt + " --wait", options: cfntest.Options{Scale: 0.01}, state: "UPDATE_COMPLETE", effects: updates,
			arrange: foreignUpdate, says: []string{"waiting for it to end", "^OK metaflow UPDATE_COMPLETE$"}},
		{number: 41, name: "somebody else cancels the update", args: changeIt, options: cfntest.Options{Scale: 0.05}, exit: exitFailed, state: "UPDATE_ROLLBACK_COMPLETE", effects: updates,
			arrange: foreignOperation((*cfntest.Server).ForeignCancel), says: []string{taken + "UPDATE_ROLLBACK_IN_PROGRESS", "^FAILED metaflow UPDATE_ROLLBACK_COMPLETE$"}},
		{number: 41, name: "somebody else deletes the stack", args: deployIt, options: cfntest.Options{Scale: 0.05}, exit: exitFailed, state: "DELETE_COMPLETE", effects: updates,
			arrange: foreignOperation((*cfntest.Server).ForeignDelete), says: []string{taken + "DELETE_IN_PROGRESS", "^FAILED metaflow DELETE_COMPLETE$"}},
		{number: 42, name: "an empty stack is deleted and recreated", args: deployIt, state: "CREATE_COMPLETE", effects: "DeleteStack " + creates,
			arrange: func(b *bench) { b.server.Seed(cfntest.Stack{Name: "metaflow", Status: "ROLLBACK_COMPLETE"}) },
			says:    []string{"deleting it, then creating it again", "^OK metaflow CREATE_COMPLETE$"}},
		{number: 42, name: "a rolled-back stack with something in it", args: deployIt, arrange: given("ROLLBACK_COMPLETE"), exit: exitRefused, state: "ROLLBACK_COMPLETE",
			says: []string{`these of its resources still exist: .*Vpc \(vpc-`, "Delete: metaflow-cfn delete metaflow"}},
		{number: 43, name: "an empty stack with somebody else's change set", args: "plan metaflow", arrange: foreignPlan, state: "REVIEW_IN_PROGRESS",
			effects: "CreateChangeSet " + withdraws, says: []string{"^metaflow: create, 28 changes$"},
			check: func(b *bench) {
				if sets := b.server.ChangeSets("metaflow"); len(sets) != 1 || sets[0] != "theirs" {
					b.Errorf("the change sets are %q", sets)
				}
			}},
	}
}

func foreignUpdate(b *bench) {
	b.seed("")
	b.must(b.server.ForeignUpdate("metaflow"))
}

// foreignOperation lets somebody else begin an operation while ours runs.
func foreignOperation(begin func(*cfntest.Server, string) error) func(*bench) {
	return func(b *bench) {
		if b.args == changeIt {
			b.seed("")
		}
		b.server.OnCall("ExecuteChangeSet", 1, func() { b.must(begin(b.server, "metaflow")) })
	}
}

// foreignPlan is somebody else's change set for a stack that does not exist yet.
func foreignPlan(b *bench) {
	_, err := b.server.Client().CreateChangeSet(b.Context(), &cloudformation.CreateChangeSetInput{
		StackName: aws.String("metaflow"), ChangeSetName: aws.String("theirs"), ChangeSetType: types.ChangeSetTypeCreate,
		TemplateBody: aws.String(`{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}`)})
	b.must(err)
}

// stateCases test stacks in a status that allows no deployment.
func stateCases() []faultCase {
	row := func(number int, command, status string, exit int, says ...string) faultCase {
		return faultCase{number: number, name: command + " in " + status, args: command + " metaflow --yes", arrange: given(status), exit: exit, state: status,
			says: append(says, status)}
	}
	return []faultCase{
		row(44, "deploy", "CREATE_FAILED", exitRefused, "metaflow-cfn delete metaflow"),
		row(44, "deploy", "UPDATE_FAILED", exitRefused, "metaflow-cfn recover metaflow"),
		row(44, "deploy", "IMPORT_ROLLBACK_FAILED", exitStuck, "metaflow-cfn delete metaflow"),
		row(45, "deploy", "ROLLBACK_FAILED", exitStuck, "metaflow-cfn delete metaflow"),
		row(45, "deploy", "UPDATE_ROLLBACK_FAILED", exitStuck, "metaflow-cfn recover metaflow"),
		row(45, "deploy", "DELETE_FAILED", exitStuck, "metaflow-cfn delete metaflow"),
		row(46, "deploy", "PONDERING", exitRefused), row(46, "deploy", "PONDERING_IN_PROGRESS", exitRefused),
		row(46, "delete", "PONDERING", exitRefused), row(46, "delete", "PONDERING_IN_PROGRESS", exitRefused),
		row(46, "recover", "PONDERING", exitRefused), row(46, "cancel", "PONDERING", exitRefused),
	}
}

// watchCases follow a stack in such a status.
func watchCases() []faultCase {
	watch := func(number int, path string, exit int, says ...string) faultCase {
		status := path[strings.LastIndex(path, " ")+1:]
		return faultCase{number: number, name: "watch in " + status, args: "watch metaflow --timeout 10m", exit: exit, state: status, says: append(says, status),
			arrange: func(b *bench) { b.history(strings.Fields(path)...) }}
	}
	return []faultCase{
		watch(44, "CREATE_IN_PROGRESS CREATE_FAILED", exitStuck, "metaflow-cfn delete metaflow"),
		watch(44, "UPDATE_IN_PROGRESS UPDATE_FAILED", exitStuck, "metaflow-cfn recover metaflow"),
		watch(44, "IMPORT_IN_PROGRESS IMPORT_ROLLBACK_IN_PROGRESS IMPORT_ROLLBACK_FAILED", exitStuck, "metaflow-cfn delete metaflow"),
		watch(45, "CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS ROLLBACK_FAILED", exitStuck, "metaflow-cfn delete metaflow"),
		watch(45, "UPDATE_IN_PROGRESS UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_FAILED", exitStuck, "metaflow-cfn recover metaflow"),
		watch(45, "DELETE_IN_PROGRESS DELETE_FAILED", exitStuck, "metaflow-cfn delete metaflow"),
		watch(46, "UPDATE_IN_PROGRESS PONDERING", exitUnknown),
		watch(46, "UPDATE_IN_PROGRESS PONDERING_IN_PROGRESS", exitTimeout, "^Detached: ", "follow: metaflow-cfn watch metaflow"),
	}
}

// history adds the stack metaflow with its history to the account.
func (b *bench) history(statuses ...string) {
	stack := cfntest.Stack{Name: "metaflow", Status: statuses[len(statuses)-1]}
	for i, status := range statuses {
		stack.Events = append(stack.Events, cfntest.Event{At: time.Now().Add(time.Duration(i-10) * time.Minute), Status: status, Token: "theirs", OperationID: "theirs"})
	}
	b.server.Seed(stack)
}
