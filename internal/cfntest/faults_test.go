package cfntest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// once returns a client without retries.
func once(w *fixture) *cloudformation.Client {
	return cloudformation.NewFromConfig(w.srv.Config(),
		func(o *cloudformation.Options) { o.RetryMaxAttempts = 1 })
}

func TestFaultsAsTheSDKSeesThem(t *testing.T) {
	tests := []struct {
		fault cfntest.Fault
		want  string // in the error
		taken bool   // the call takes effect
	}{
		{cfntest.Throttle, "api error Throttling: Rate exceeded", false},
		{cfntest.ServerError, "api error InternalFailure", false},
		{cfntest.Unavailable, "StatusCode: 503", false},
		{cfntest.ResetBefore, "EOF", false},
		{cfntest.ResetAfter, "EOF", true},
		{cfntest.Hang, "context deadline exceeded", false},
		{cfntest.Malformed, "failed to decode response body", true},
		{cfntest.ExpiredToken, "api error ExpiredToken: The security token included in the request is " +
			"expired", false},
		{cfntest.AccessDenied, "not authorized to perform: cloudformation:CreateStack", false},
	}
	for _, test := range tests {
		t.Run(string(test.fault), func(t *testing.T) {
			bubble(t, cfntest.Options{}, func(w *fixture) {
				w.srv.Fault("CreateStack", test.fault, cfntest.Times(1))
				ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
				defer cancel()
				_, err := once(w).CreateStack(ctx,
					&cloudformation.CreateStackInput{StackName: aws.String("demo"),
						TemplateBody: aws.String(network)})
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v, want %s", err, test.want)
				}
				if taken := w.srv.Status("demo") != ""; taken != test.taken {
					t.Errorf("taken: %v", taken)
				}
				if call := w.srv.Calls()[0]; call.Fault != test.fault || (call.Effect != "") != test.taken {
					t.Errorf("logged: %+v", call)
				}
				w.start("demo2", network) // the fault is over
			})
		})
	}
}

func TestFaultsComeAndGo(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		c := once(w)
		w.create("demo", network)
		w.srv.Fault("*", cfntest.Throttle, cfntest.After(1), cfntest.Times(2))
		w.srv.FaultError("DescribeStacks", 400, "OptInRequired", "no", cfntest.Times(1))
		w.srv.FaultReply("DescribeStacks", 200, "", cfntest.Times(1))
		var got []string
		for range 6 {
			out, err := c.DescribeStacks(w.Context(), &cloudformation.DescribeStacksInput{})
			switch {
			case err == nil && len(out.Stacks) == 0:
				got = append(got, "empty")
			case err == nil:
				got = append(got, "fine")
			default:
				var api interface{ ErrorCode() string }
				if errors.As(err, &api) {
					got = append(got, api.ErrorCode())
				}
			}
		}
		w.expect(got, `
			OptInRequired
			Throttling
			Throttling
			empty
			fine
			fine`)
	})
}

func TestRetriesOutliveAFault(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.srv.Fault("CreateStack", cfntest.ResetAfter, cfntest.Times(1))
		w.create("demo", network) // the token makes the repeat succeed
		if calls := w.srv.Mutations(); len(calls) != 2 || calls[0].Effect == "" ||
			calls[1].Effect != "" || calls[1].Code != "" {
			t.Errorf("calls: %+v", calls)
		}
	})
	bubble(t, cfntest.Options{ForgetTokens: true}, func(w *fixture) {
		w.changeSet("demo", "one", "CREATE", network)
		w.srv.Fault("ExecuteChangeSet", cfntest.ResetAfter, cfntest.Times(1))
		w.refused(w.execute("demo", "one", "mine"), "InvalidChangeSetStatus", "[EXECUTE_IN_PROGRESS]")
		w.settle("demo")
		w.status("demo", "CREATE_COMPLETE")
	})
}

func TestLoopToken(t *testing.T) {
	bubble(t, cfntest.Options{PageSize: 3}, func(w *fixture) {
		w.create("demo", network)
		w.srv.Fault("DescribeStackEvents", cfntest.LoopToken)
		var first string
		in := &cloudformation.DescribeStackEventsInput{StackName: aws.String("demo")}
		for range 10 {
			out, err := w.c.DescribeStackEvents(w.Context(), in)
			w.must(err)
			id := aws.ToString(out.StackEvents[0].EventId)
			if first == "" {
				first = id
			}
			if out.NextToken == nil || id != first {
				t.Fatalf("token %v, event %s", out.NextToken, id)
			}
			in.NextToken = out.NextToken
		}
	})
}

func TestControlCharacters(t *testing.T) {
	for _, raw := range []bool{false, true} {
		bubble(t, cfntest.Options{RawControls: raw}, func(w *fixture) {
			w.srv.FailCreate("Vpc", "\x1b]0;owned\a<&> \u009b")
			w.create("demo", network)
			_, err := w.c.DescribeStackEvents(w.Context(),
				&cloudformation.DescribeStackEventsInput{StackName: aws.String("demo")})
			if err == nil || !strings.Contains(err.Error(), "illegal character code U+001B") {
				t.Errorf("raw %v: got %v; encoding/xml is known to refuse such a reply", raw, err)
			}
		})
	}
}

func TestExpiredKey(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.srv.ExpireKey("AKIDTEST")
		_, err := w.c.DescribeStacks(w.Context(), &cloudformation.DescribeStacksInput{})
		w.refused(err, "ExpiredToken", "expired")
		cfg := w.srv.Config()
		cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDNEW", SecretAccessKey: "secret"}, nil
		})
		who, err := sts.NewFromConfig(cfg).GetCallerIdentity(w.Context(), &sts.GetCallerIdentityInput{})
		w.must(err)
		if aws.ToString(who.Account) != "123456789012" {
			t.Errorf("account %s", aws.ToString(who.Account))
		}
		for _, call := range w.srv.Calls() {
			for key, value := range call.Params {
				if strings.Contains(value, "AKID") || strings.Contains(value, "secret") {
					t.Errorf("%s: %s is logged", key, value)
				}
			}
		}
	})
}

func TestClockSkew(t *testing.T) {
	bubble(t, cfntest.Options{CheckClock: true}, func(w *fixture) {
		w.srv.SkewClock(time.Hour)
		_, err := once(w).DescribeStacks(w.Context(), &cloudformation.DescribeStacksInput{})
		w.refused(err, "SignatureDoesNotMatch", "Signature expired")
		w.create("demo", network) // the SDK's retries learn the server's time
		if off := time.Until(w.srv.Events("demo")[0].At); off < 55*time.Minute {
			t.Errorf("events are %s off", off)
		}
	})
}

func TestStaleReads(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.srv.StaleReads(5 * time.Second)
		in := &cloudformation.DescribeStacksInput{StackName: aws.String("demo")}
		w.start("demo", network)
		_, err := w.c.DescribeStacks(w.Context(), in)
		w.refused(err, "ValidationError", "Stack with id demo does not exist")
		w.settle("demo")
		w.must(w.update("demo", network, "WithNat=false"))
		for _, want := range []types.StackStatus{"CREATE_COMPLETE",
			"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"} {
			out, err := w.c.DescribeStacks(w.Context(), in)
			w.must(err)
			if got := out.Stacks[0].StackStatus; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			time.Sleep(6 * time.Second)
		}
	})
}

func TestHooksRunInTheMiddle(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		var err error
		w.srv.OnCall("DescribeStacks", 2, func() { err = w.srv.ForeignUpdate("demo") })
		for _, want := range []string{"CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"} {
			_, e := w.c.DescribeStacks(w.Context(), &cloudformation.DescribeStacksInput{})
			w.must(e)
			w.status("demo", want)
		}
		w.must(err)
		w.must(w.srv.ForeignCancel("demo"))
		w.settle("demo")
		w.status("demo", "UPDATE_ROLLBACK_COMPLETE")
		events := w.srv.Events("demo")
		if token := events[len(events)-1].Token; !strings.HasPrefix(token, "foreign-") {
			t.Errorf("token %s", token)
		}
		w.must(w.srv.ForeignDelete("demo"))
		w.settle("demo")
		w.status("demo", "DELETE_COMPLETE")
		if n := len(w.srv.Mutations()); n != 1 {
			t.Errorf("%d mutating calls are logged, want ours alone", n)
		}
	})
}
