// Package deploy changes a CloudFormation stack and reports accurately what happens: it plans with
// change sets, executes, follows the events, and decides the outcome from the status of the stack.
//
// It knows neither Metaflow nor templates: it takes bytes and a map of strings.
// It never prints: it returns values and yields events.
//
// The package promises:
//
//   - every request that changes something carries a token of its own, is never
//     cut off half-way, and is repeated with the same token when its reply is lost;
//   - the events of an operation are yielded each once and in order, from an
//     anchor taken before the operation began; a page that fails loses nothing;
//   - the outcome comes from the stack's status, read by ARN; a failing event log
//     or a throttled call is a note, never an outcome;
//   - no local clock is compared with the server's; one that is wrong is named;
//   - an error is never read as "the stack does not exist";
//   - every change set made here and not executed is removed, and so is the empty
//     stack that it made, if nobody else uses it; what an interrupted run left
//     behind, the next run for the same request finds;
//   - what each status of a stack means for each command stands in one table
//     (internal/states);
//   - no reply is lost to a character that Go's XML decoder refuses.
//
// Each of three packages below it has one task: internal/transport calls CloudFormation
// and knows what a failed call means, internal/states knows what a status means, and
// internal/events knows what the events of an operation say. A test of the command
// reads the calls to AWS in the source of all four, as &cloudformation.…Input, and
// compares them with the deployer's policy.
package deploy
