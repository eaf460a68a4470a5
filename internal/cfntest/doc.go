// Package cfntest is an HTTP server that behaves like AWS CloudFormation, for tests through the
// real SDK, the aws CLI or a whole process.
//
// A [Server] is an account without stacks. It reads the templates that it is sent, plans each
// operation as CloudFormation would, and reveals the plan as time passes: every answer follows from
// the plan and the clock, so that the server has no goroutines and no timers of its own and works
// inside a testing/synctest bubble. [Options] scale time, Server.Fault and its neighbours make
// calls fail, [Server.FailCreate] and its neighbours make resources fail, [Server.Seed] starts from
// any state, and Server.Calls, [Server.Status], [Server.Events] and [Server.Live] give the facts
// that a test compares a client's report with.
//
// Four packages do the work. This one has the stacks: change sets, operations, events, seeds.
// Package wire has the protocol: requests, replies, faults, the log of calls, clients in memory.
// Package evaluate computes templates. Package beside has the jobs of AWS Batch, whose queues are
// those that a call names. None of them uses package cfn, the program's own reading of
// CloudFormation's rules: a test compares two independent ones.
//
// # What is modelled
//
// The query protocol of version 2010-05-15 as aws-sdk-go-v2 and botocore speak it, and STS's
// GetCallerIdentity. From the CloudFormation User Guide and API Reference:
//
//   - templates in JSON and YAML with short-form functions; parameters with their constraints;
//     Rules; Conditions; Ref, Fn::GetAtt, Fn::Sub, Fn::If, Fn::Join, Fn::Select, Fn::Split,
//     Fn::FindInMap, Fn::GetAZs, Fn::Base64; pseudo parameters; outputs. A call is refused when the
//     template has a reference to nothing, a circular dependency or more than 51,200 bytes (behind
//     a URL: 1,000,000), or when a value or a capability is missing;
//   - creates, updates, deletes and rollbacks with per-resource events in dependency order
//     (references inside Metadata count), as parallel as that allows; replacements and clean-up;
//     DeletionPolicy with the defaults of RDS types, UpdateReplacePolicy, RetainExceptOnCreate as a
//     policy and as an option; OnFailure, DisableRollback; cancelling; RetainResources,
//     FORCE_DELETE_STACK, ResourcesToSkip, ForceRollback; termination protection;
//   - updates that AWS Batch refuses to make in place, and replacements of a compute environment
//     that depend on ReplaceComputeEnvironment, which change sets call Conditional; resources with
//     a name of the user's, which CloudFormation does not replace (see evaluate.Step.Refusal);
//   - change sets with their causes and property values and early validation. When one is executed
//     the others are deleted; when the stack is updated without one they become OBSOLETE;
//   - GetTemplate with both stages, also of deleted stacks by ARN; DescribeStacks of one stack and
//     of all that are not deleted, in pages;
//   - ClientRequestToken and OperationId on events, LastOperations (newest first), a rollback as an
//     operation of its own;
//   - pages of events, newest first.
//
// Which property replaces which resource, how long operations take, what physical IDs look like and
// which attributes there are is a table of the types that the project's templates create (package
// evaluate, resourcetypes.go). Other types have defaults and are never replaced.
//
// # What is assumed
//
// AWS does not document these, and they were not tried in an account: that the events of a rollback
// carry the token of the operation (see Options.NoRollbackToken); that a mutating call repeated
// with its token succeeds without an effect, as the API Reference implies (see
// Options.ForgetTokens); that parameters and tags change in DescribeStacks when the update is done;
// the message of a failed Rule, which is its AssertDescription alone; the messages for
// RetainResources and ResourcesToSkip in the wrong state and for an unknown DeletionPolicy; that
// CREATE_FAILED has no physical ID; that OnFailure=DELETE is a delete and not a rollback for
// RetainExceptOnCreate; that the rollback of an update keeps a resource with DeletionPolicy Retain
// that the update added, as the option RetainExceptOnCreate implies.
//
// # What is not modelled
//
// The resources themselves: nothing is created, and no quota, name or property is checked, but
// for updates of AWS Batch's. Nested
// stacks (seed one as a row and its own stack), transforms and macros (see Stack.Original), hooks
// and DetailedStatus (but seeded events may have them), imports, drift, stack sets, exports, what a
// stack policy forbids, rollback triggers, timeouts, Fn::Cidr, and permissions (see the fault
// AccessDenied).
package cfntest
