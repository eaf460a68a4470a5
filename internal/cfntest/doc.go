// Package cfntest is an HTTP server that behaves like AWS CloudFormation, for tests through the
// real SDK, the aws CLI or a whole process.
//
// A [Server] is an account without stacks. It reads the templates that it is sent, plans each
// operation as CloudFormation would, and reveals the plan as time passes: every answer follows from
// the plan and the clock, so that the server has no goroutines and no timers of its own and works
// inside a testing/synctest bubble. [Options] scale time, [Server.Fault] and its neighbours make
// calls fail, [Server.FailCreate] and its neighbours make resources fail, [Server.Seed] starts from
// any state, and [Server.Calls], [Server.Status], [Server.Events] and [Server.Live] tell the truth
// that a client's report is held against.
//
// # What is modelled
//
// The query protocol of version 2010-05-15 as aws-sdk-go-v2 and botocore speak it, and STS's
// GetCallerIdentity. From the CloudFormation User Guide and API Reference:
//
//   - templates in JSON and YAML with short-form functions; parameters with their constraints;
//     Rules; Conditions; Ref, Fn::GetAtt, Fn::Sub, Fn::If, Fn::Join, Fn::Select, Fn::Split,
//     Fn::FindInMap, Fn::GetAZs, Fn::Base64; pseudo parameters; outputs; refused before anything
//     starts: what refers to nothing, goes in circles, lacks a value or a capability, or is longer
//     than 51,200 bytes;
//   - creates, updates, deletes and rollbacks with per-resource events in dependency order
//     (references inside Metadata count), as parallel as that allows; replacements and clean-up;
//     DeletionPolicy, UpdateReplacePolicy, RetainExceptOnCreate; OnFailure, DisableRollback;
//     cancelling; RetainResources, FORCE_DELETE_STACK, ResourcesToSkip, ForceRollback; termination
//     protection;
//   - change sets with their causes and property values, early validation, and what becomes of the
//     others when one is executed or the stack is updated otherwise;
//   - ClientRequestToken and OperationId on events, LastOperations (newest first), a rollback as an
//     operation of its own;
//   - pages of events, newest first.
//
// Which property replaces which resource, how long things take and what their IDs look like is a
// table of the types of a Metaflow stack; other types have defaults and are never replaced.
//
// # What is assumed
//
// AWS does not document these, and no account was asked: that a rolled-back operation's events
// carry the token of the operation (see Options.NoRollbackToken); that a mutating call repeated
// with its token succeeds without an effect, as the API Reference implies (see
// Options.ForgetTokens); that parameters and tags change in DescribeStacks when the update is done;
// the message of a failed Rule, which is its AssertDescription alone; the messages for
// RetainResources and ResourcesToSkip in the wrong state; that CREATE_FAILED has no physical ID.
//
// # What is not
//
// The resources themselves: nothing is made, and no quota, name or property is checked. Nested
// stacks (seed one as a row and its own stack), transforms, macros, hooks and DetailedStatus (but
// seeded events may tell of them), imports, drift, stack sets, exports, what a stack policy
// forbids, rollback triggers, timeouts, Fn::Cidr, and permissions.
package cfntest
