package command

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// session is a stack that a verb works on, in the account of the credentials.
type session struct {
	account

	stack deploy.Stack
}

// open connects to AWS and reads the stack. next is the command that may help when
// the stack cannot be read.
func (e *env) open(ctx context.Context, name, next string) (*session, error) {
	to, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{account: to}
	s.stack, err = to.stackOnce(ctx, name)
	if err != nil {
		return nil, failed(err, next)
	}
	e.reportPlace(s)
	if !e.ofComponent {
		e.recognise(s.stack)
	} else if err := e.checkComponent(s.stack); err != nil {
		return nil, err
	}
	return s, nil
}

// stackOnce reads the stack. Where STS was not reached, CloudFormation has little time
// to show that there is a way to it: else the message is about STS.
func (a account) stackOnce(ctx context.Context, name string) (deploy.Stack, error) {
	if !a.access.Unreached {
		return a.Stack(ctx, name)
	}
	limited, cancel := context.WithTimeout(ctx, unreachedLimit)
	defer cancel()
	stack, err := a.Stack(limited, name)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		err = accessError(a.access.Unknown)
	}
	return stack, err
}

// reportPlace says why questions do not show the account, and which other regions a
// missing stack may be in.
func (e *env) reportPlace(s *session) {
	if s.access.Unknown != nil {
		if id, err := arn.Parse(s.stack.ID); s.id == "" && err == nil {
			s.id = id.AccountID
		}
		if s.id == "" {
			e.Printf("The account is not known: %v", s.access.Unknown)
		}
	}
	if !s.stack.Exists() && !e.ofComponent {
		e.reportRegions(s.account, s.stack.Name)
	}
}

// reportRegions names the other regions that are configured, for a stack that does not
// exist in this one.
func (e *env) reportRegions(a account, stack string) {
	if len(a.access.Other) > 0 {
		e.Printf("Stack %s does not exist in %s. %s is configured too: --region %s",
			stack, a.region, strings.Join(a.access.Other, " and "), a.access.Other[0])
	}
}

// reload reads the stack again.
func (s *session) reload(ctx context.Context) (err error) {
	s.stack, err = s.Stack(ctx, s.stack.Name)
	return failed(err, "")
}
