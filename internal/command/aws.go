package command

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/awsconfig"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

const (
	// batchLimit is how long AWS Batch may take to say what is wrong.
	batchLimit = 5 * time.Second
	// unreachedLimit is how long CloudFormation may take where STS was not reached.
	unreachedLimit = 10 * time.Second
	// grace is how long a call that begins an operation may take after a signal.
	grace = 900 * time.Millisecond
)

// account is the account and region that the command line and the environment choose.
type account struct {
	*deploy.Client

	id, region string // id is "" when it is not known
	config     aws.Config
	access     *awsconfig.Access
}

// String returns the account and the region, for a question.
func (a account) String() string {
	if a.id == "" {
		return a.region
	}
	return "account " + a.id + ", " + a.region
}

// connect finds the region and the credentials and asks AWS for their account. Nothing
// before it uses the network, or reads the configuration of AWS.
func (e *env) connect(ctx context.Context) (account, error) {
	source := e.source()
	access, err := source.Open(ctx)
	if err != nil {
		return account{}, accessError(err)
	}
	e.login = access.Login
	client := deploy.New(cloudformation.NewFromConfig(access.Config))
	client.Renew = source.Reload
	client.Waiting = func(call, why string) {
		e.Printf("Waiting for CloudFormation to answer %s: %s", call, why)
	}
	return account{client, access.Account, access.Config.Region, access.Config, access}, nil
}

// source returns where region and credentials come from.
func (e *env) source() *awsconfig.Source {
	source := &awsconfig.Source{
		Region: e.region, Profile: e.profile, HTTP: e.http, Note: e.Printf, Secret: e.Secrets.Add,
	}
	if e.verbose {
		source.Log = e.Printf
	}
	if terminal.Interactive(e.in) {
		source.Ask = func(ctx context.Context, question string) (string, error) {
			return e.Ask(ctx, e.in, question)
		}
	}
	return source
}

// accessError gives a problem its exit code.
func accessError(err error) error {
	var problem *awsconfig.Problem
	if !errors.As(err, &problem) {
		return err
	}
	code := exitUnknown
	if problem.Input {
		code = exitUsage
	}
	return &exitError{code, problem.Err, problem.Next}
}

// codeOf returns the exit code of a result of deploy.
func codeOf(r deploy.Result) int {
	switch r {
	case deploy.Succeeded:
		return exitOK
	case deploy.Invalid:
		return exitUsage
	case deploy.Failed:
		return exitFailed
	case deploy.Stuck:
		return exitStuck
	case deploy.Refused:
		return exitRefused
	case deploy.Running:
		return exitTimeout
	case deploy.CredentialsLost:
		return exitCredentials
	}
	return exitUnknown
}

// failed gives an error of deploy its exit code and the next command.
func failed(err error, next string) error {
	var d *deploy.Error
	if errors.As(err, &d) {
		return &exitError{codeOf(d.Result), err, next}
	}
	return err
}
