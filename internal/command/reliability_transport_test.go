package command

import (
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// faulty adds a fault to the calls of an action.
func faulty(action string, fault cfntest.Fault, times int) func(*bench) {
	return func(b *bench) { b.server.Fault(action, fault, cfntest.Times(times)) }
}

// created is a faultCase that a creation survives.
func created(number int, name string, arrange func(*bench), says ...string) faultCase {
	return faultCase{number: number, name: name, args: deployIt, arrange: arrange, state: "CREATE_COMPLETE", effects: creates,
		says: append(says, "^OK metaflow CREATE_COMPLETE$", "^BucketName=")}
}

// transportCases test calls with late, invalid or missing answers.
func transportCases() []faultCase {
	nowhere := func(number int, name string, env map[string]string, arrange func(*bench), says ...string) faultCase {
		one := map[string]string{"AWS_MAX_ATTEMPTS": "1"}
		maps.Copy(one, env)
		return faultCase{number: number, name: name, args: deployIt, env: one, arrange: arrange, exit: exitUnknown, says: append(says, "^Check the network")}
	}
	looping := created(32, "pages that lead to themselves", func(b *bench) {
		b.server.OnCall("ExecuteChangeSet", 1, func() { b.server.Fault("DescribeStackEvents", cfntest.LoopToken, cfntest.Times(200)) })
	}, "the event log does not end; older events may be missing")
	looping.options.PageSize = 20
	return []faultCase{
		created(25, "reset before the execution began", faulty("ExecuteChangeSet", cfntest.ResetBefore, 1)),
		created(26, "reset after the execution began", faulty("ExecuteChangeSet", cfntest.ResetAfter, 1)),
		nowhere(30, "no encryption where it is wanted", nil, func(b *bench) {
			b.vars["AWS_ENDPOINT_URL"] = "https" + b.vars["AWS_ENDPOINT_URL"][len("http"):]
		}, "AWS does not answer: .*HTTP response to HTTPS client"),
		nowhere(30, "encryption that breaks off", nil, func(b *bench) { b.vars["AWS_ENDPOINT_URL"] = "https://" + b.breaksOff() }, "AWS does not answer: .*(EOF|reset)"),
		nowhere(30, "proxy that wants a password", nil, func(b *bench) {
			b.vars["AWS_ENDPOINT_URL"], b.vars["HTTPS_PROXY"] = "https://cloudformation.invalid", b.proxy()
		}, "AWS does not answer: .*Proxy Authentication Required"),
		nowhere(30, "no such host", map[string]string{"AWS_ENDPOINT_URL": "http://cloudformation.invalid"}, nil, "AWS does not answer: .*no such host"),
		nowhere(30, "no way to an IPv6 address", map[string]string{"AWS_ENDPOINT_URL": "http://[::1]:1"}, nil, `AWS does not answer: .*\[::1\]:1`),
		created(31, "the stack is read as it was", func(b *bench) { b.server.StaleReads(2 * time.Second) }),
		looping,
	}
}

// longTransportCases test the same over minutes.
func longTransportCases() []faultCase {
	stopped := func(number int, name string, arrange func(*bench), effects string, says ...string) faultCase {
		o := faultCase{number: number, name: name, args: deployIt, arrange: arrange, exit: exitUnknown, effects: effects, says: says}
		if effects != nothing {
			o.state = "DELETE_COMPLETE"
		}
		return o
	}
	forgetful := created(26, "reset after the execution began and its token forgotten", faulty("ExecuteChangeSet", cfntest.ResetAfter, 1))
	forgetful.options.ForgetTokens = true
	// Only the status of the change set shows that the execution began.
	unseen := created(26, "reset after the execution began, its token forgotten and its events late",
		func(b *bench) {
			b.server.Fault("ExecuteChangeSet", cfntest.ResetAfter, cfntest.Times(1))
			b.server.LateEvents(2 * time.Minute)
		})
	unseen.options.ForgetTokens, unseen.options.Scale = true, 1
	throttled := created(23, "throttled for ten minutes", func(b *bench) {
		b.server.OnCall("ExecuteChangeSet", 1, func() {
			b.server.Fault("*", cfntest.Throttle)
			time.AfterFunc(10*time.Minute, b.server.ClearFaults)
		})
	}, "not answering .throttled., retrying")
	unreadable := created(28, "unreadable replies once for every call", everyCall(cfntest.Malformed))
	unreadable.effects += " UpdateTerminationProtection" // calls that took effect are repeated if that is harmless
	return []faultCase{
		created(22, "events throttled five times", faulty("DescribeStackEvents", cfntest.Throttle, 5)),
		created(22, "execution throttled five times", faulty("ExecuteChangeSet", cfntest.Throttle, 5)),
		{number: 23, name: "throttled until the timeout", args: deployIt + " --timeout 20s", exit: exitTimeout, state: "CREATE_COMPLETE", effects: updates,
			says: []string{`CloudFormation is not answering \(throttled\), retrying`, "^Detached: metaflow is still", "follow: metaflow-cfn watch metaflow"},
			arrange: func(b *bench) {
				b.server.OnCall("ExecuteChangeSet", 1, func() { b.server.Fault("*", cfntest.Throttle) })
			}},
		created(24, "500 once for every call", everyCall(cfntest.ServerError)),
		created(24, "a page of HTML once for every call", everyCall(cfntest.Unavailable)),
		throttled, forgetful, unseen, unreadable,
		stopped(27, "no reply to the first call", faulty("DescribeStacks", cfntest.Hang, -1), nothing, "no reply within 30s",
			"^Waiting for CloudFormation to answer DescribeStacks: no reply yet$"),
		stopped(27, "no reply about the identity", faulty("GetCallerIdentity", cfntest.Hang, -1),
			nothing, "^Waiting for AWS STS to say whose the credentials are$", "AWS does not answer"),
		stopped(27, "no reply about the change set", faulty("DescribeChangeSet", cfntest.Hang, -1), undoes, "no reply within 30s"),
		created(27, "a reply that never comes", faulty("ExecuteChangeSet", cfntest.Hang, 1)),
		stopped(28, "nothing about the change set can be read", faulty("DescribeChangeSet", cfntest.Malformed, -1), undoes, "the reply cannot be read .request ID [-0-9a-f]+."),
		stopped(28, "JSON about the stack", func(b *bench) {
			b.server.FaultReply("DescribeStacks", 200, `{"a": 1}`)
		}, nothing, `^Waiting for CloudFormation to answer DescribeStacks: the reply is not one of `+
			`CloudFormation: status 200, [a-z/]+, "{\\"a\\": 1}"`,
			"^metaflow-cfn: .*the reply is not one of CloudFormation"),
		stopped(29, "empty replies about the stack", emptied("DescribeStacks"), nothing, "the reply cannot be read .request ID"),
		stopped(29, "empty replies about the change set", emptied("DescribeChangeSet"), undoes, "the reply cannot be read .request ID"),
		stopped(29, "empty replies to the first change set", emptied("CreateChangeSet"), nothing, "cloudformation:DescribeChangeSet did not succeed: .*does not exist"),
		stopped(29, "empty replies about the identity", emptied("GetCallerIdentity"),
			nothing, "answered, but not as AWS does: status 200, an empty reply"),
		created(29, "empty lists of events", func(b *bench) {
			b.server.OnCall("ExecuteChangeSet", 1, func() { b.server.FaultReply("DescribeStackEvents", 200, "", cfntest.Times(3)) })
		}),
	}
}

// everyCall lets a fault affect the first call of every action of a creation.
func everyCall(fault cfntest.Fault) func(*bench) {
	return func(b *bench) {
		for _, action := range []string{
			"GetCallerIdentity", "DescribeStacks", "CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DescribeStackEvents", "UpdateTerminationProtection",
		} {
			b.server.Fault(action, fault, cfntest.Times(1))
		}
	}
}

func emptied(action string) func(*bench) {
	return func(b *bench) { b.server.FaultReply(action, 200, "") }
}

// breaksOff returns the address of a server that closes every connection.
func (b *bench) breaksOff() string {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	b.must(err)
	b.Cleanup(func() { socket.Close() })
	go func() {
		for {
			connection, err := socket.Accept()
			if err != nil {
				return
			}
			connection.Read(make([]byte, 1))
			connection.Close()
		}
	}()
	return socket.Addr().String()
}

// proxy returns the URL of a proxy that asks for a password.
func (b *bench) proxy() string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	b.Cleanup(server.Close)
	return server.URL
}
