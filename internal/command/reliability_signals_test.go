package command

import (
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// signalCases test signals.
func signalCases() []faultCase {
	detached := func(number int, name string, s syscall.Signal) faultCase {
		return faultCase{number: number, name: name, args: deployIt, options: cfntest.Options{Scale: 0.1}, arrange: upon("DescribeStackEvents", 3, s), exit: exitSignal + int(s),
			state: "CREATE_IN_PROGRESS", effects: updates, check: (*bench).atOnce,
			says: []string{"^Detached: metaflow is still CREATE_IN_PROGRESS; nothing was cancelled$", "^  follow: metaflow-cfn watch metaflow$", "^  undo:   metaflow-cfn delete metaflow$"}}
	}
	return []faultCase{
		{number: 47, name: "Ctrl-C before anything", args: deployIt, arrange: upon("GetCallerIdentity", 1, syscall.SIGINT), exit: 130, says: []string{"interrupt: no operation was started"}},
		{number: 47, name: "Ctrl-C while a creation is planned", args: deployIt, arrange: upon("CreateChangeSet", 1, syscall.SIGINT), exit: 130, state: "DELETE_COMPLETE",
			effects: undoes, says: []string{"interrupt: no operation was started"}},
		{number: 47, name: "Ctrl-C while an update is planned", args: changeIt, exit: 130, state: "CREATE_COMPLETE", effects: withdraws, says: []string{"interrupt: no operation was started"},
			arrange: func(b *bench) { b.seed(""); upon("DescribeChangeSet", 1, syscall.SIGINT)(b) }},
		detached(48, "Ctrl-C while waiting", syscall.SIGINT),
		{number: 48, name: "a second Ctrl-C", args: deployIt, exit: 130, state: "REVIEW_IN_PROGRESS", effects: "CreateChangeSet", check: (*bench).atOnce,
			says: []string{"a second Ctrl-C ends at once and leaves it"}, arrange: func(b *bench) {
				upon("CreateChangeSet", 1, syscall.SIGINT)(b)
				unanswered("DeleteChangeSet", syscall.SIGINT)(b)
			}},
		detached(49, "SIGTERM while waiting", syscall.SIGTERM), detached(49, "SIGHUP while waiting", syscall.SIGHUP),
		detached(49, "SIGQUIT while waiting", syscall.SIGQUIT),
		{number: 49, name: "SIGQUIT while no reply comes", args: "watch metaflow", exit: 131, says: []string{"^metaflow-cfn: quit"}, check: (*bench).atOnce,
			arrange: unanswered("DescribeStacks", syscall.SIGQUIT)},
		{number: 49, name: "nobody reads the records", args: deployIt + " --output json", shell: `metaflow-cfn "$@" | true; exit ${PIPESTATUS[0]}`, exit: 141,
			state: "DELETE_COMPLETE", effects: undoes},
		{number: 50, name: "killed while a creation runs", args: deployIt, options: cfntest.Options{Scale: 0.02}, arrange: upon("ExecuteChangeSet", 1, syscall.SIGKILL), exit: 137,
			state: "CREATE_IN_PROGRESS", effects: updates,
			check: again(exitOK, "CREATE_COMPLETE", creates, "An earlier run of this command started what is running: following it", "^OK metaflow CREATE_COMPLETE$")},
		{number: 50, name: "killed while a creation that fails runs", args: deployIt, options: cfntest.Options{Scale: 0.02}, exit: 137, state: "CREATE_IN_PROGRESS", effects: updates,
			arrange: func(b *bench) {
				b.server.FailCreate("NatGateway", "no")
				upon("DescribeStackEvents", 2, syscall.SIGKILL)(b)
			},
			check: again(exitFailed, "ROLLBACK_COMPLETE", updates, "following it", "^Root cause: NatGateway")},
		{number: 51, name: "killed before the execution", args: deployIt, arrange: upon("DescribeChangeSet", 1, syscall.SIGKILL), exit: 137, state: "REVIEW_IN_PROGRESS",
			effects: "CreateChangeSet", check: again(exitOK, "CREATE_COMPLETE", creates, "An earlier run that was interrupted made this change set", "^OK metaflow CREATE_COMPLETE$")},
		{number: 51, name: "killed before the reply to the change set", args: deployIt, arrange: upon("CreateChangeSet", 1, syscall.SIGKILL), exit: 137, state: "REVIEW_IN_PROGRESS",
			effects: "CreateChangeSet", check: again(exitOK, "CREATE_COMPLETE", creates, "An earlier run that was interrupted made this change set")},
		{number: 52, name: "the machine sleeps", args: deployIt + " --output json", options: cfntest.Options{Scale: 0.02}, arrange: asleep, state: "CREATE_COMPLETE", effects: creates,
			says: []string{`"result":"succeeded"`}, check: (*bench).toldAll},
	}
}

// clockCases test clocks that jump.
func clockCases() []faultCase {
	jump := func(name string, by time.Duration) faultCase {
		return faultCase{number: 52, name: name, args: deployIt + " --output json", state: "CREATE_COMPLETE", effects: creates, options: cfntest.Options{Scale: 1},
			arrange: func(b *bench) { b.server.OnCall("DescribeStackEvents", 4, func() { b.server.SkewClock(by) }) },
			says:    []string{`"result":"succeeded"`}, check: (*bench).toldAll}
	}
	return []faultCase{jump("the server's clock jumps eight hours ahead", 8*time.Hour)}
}

// upon sends a signal to the program during a call.
func upon(action string, n int, s syscall.Signal) func(*bench) {
	return func(b *bench) {
		b.server.OnCall(action, n, func() {
			b.signal(s)
			time.Sleep(50 * time.Millisecond) // the program gets the signal before the answer
		})
	}
}

// unanswered sends a signal to the program while it waits in vain for an answer.
func unanswered(action string, s syscall.Signal) func(*bench) {
	return func(b *bench) {
		b.server.Fault(action, cfntest.Hang)
		go func() {
			for b.Context().Err() == nil && !slices.ContainsFunc(b.server.Calls(), func(c cfntest.Call) bool { return c.Action == action }) {
				time.Sleep(5 * time.Millisecond)
			}
			b.signal(s)
		}()
	}
}

// atOnce checks that the program ended within a second of the last signal.
func (b *bench) atOnce() {
	const muchLess = 20 * time.Second
	if took := b.ended.Sub(time.Unix(0, b.signalledAt.Load())); took > muchLess {
		b.Errorf("the program ended %s after the signal", took)
	}
}

// again runs the same command again, with another expected result.
func again(code int, state, effects string, says ...string) func(*bench) {
	return func(b *bench) {
		b.run(strings.Split(b.args, " ")...)
		if b.code != code || b.server.Status("metaflow") != state || b.effected() != effects {
			b.Errorf("again: exit code %d, want %d; metaflow is %q, want %q; calls that changed something: %q, want %q",
				b.code, code, b.server.Status("metaflow"), state, b.effected(), effects)
		}
		b.expect(says...)
	}
}

// asleep stops the process until the operation is over.
func asleep(b *bench) {
	b.server.OnCall("DescribeStackEvents", 3, func() {
		b.signal(syscall.SIGSTOP)
		time.AfterFunc(b.server.Until("metaflow")+100*time.Millisecond, func() { b.signal(syscall.SIGCONT) })
	})
}
