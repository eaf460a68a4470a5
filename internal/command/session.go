package command

import (
	"context"

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
	if s.stack, err = to.Stack(ctx, name); err != nil {
		return nil, failed(err, next)
	}
	if !e.ofComponent {
		e.recognise(s.stack)
	} else if err := e.checkComponent(s.stack); err != nil {
		return nil, err
	}
	return s, nil
}

// reload reads the stack again.
func (s *session) reload(ctx context.Context) (err error) {
	s.stack, err = s.Stack(ctx, s.stack.Name)
	return failed(err, "")
}
