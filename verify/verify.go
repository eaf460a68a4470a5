// Package verify runs a real job on a queue of AWS Batch, and says why it does not run. It gets the
// queue, the roles and the folder of the data from its caller, and does not know templates.
package verify

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"
)

const (
	// DefaultImage has the AWS CLI, for amd64 and arm64, in a registry without a login.
	// https://gallery.ecr.aws/aws-cli/aws-cli
	DefaultImage = "public.ecr.aws/aws-cli/aws-cli:latest"
	// Prefix begins the names of job definitions. Metaflow's own begin with metaflow_, so that
	// who may run flows may run the job.
	Prefix = "metaflow_cfn_verify_"
	// Folder is the folder of the object, below that of the data.
	Folder = "metaflow-cfn-verify"
	// patience is how long a job may wait before the cause is looked for.
	patience = 2 * time.Minute
)

// Target is what is verified.
type Target struct {
	Queue         string // ARN or name
	JobRole       string // ARN
	ExecutionRole string // ARN, for Fargate
	Datastore     string // s3://BUCKET/PREFIX
	Image         string
	Tags          map[string]string // of the job and its definition
}

// bucket returns the bucket and the folder of the data, without a slash at its end.
func (t Target) bucket() (name, folder string) {
	name, folder, _ = strings.Cut(strings.TrimPrefix(t.Datastore, "s3://"), "/")
	return name, strings.TrimSuffix(folder, "/")
}

// Check is the result of one check of what costs nothing.
type Check struct {
	Name   string // like "job queue"
	Status string // ok, warning, failed or unknown
	Detail string
}

// Progress is a step of the job, or of the machines that it waits for.
type Progress struct {
	Status string // of the job as AWS Batch calls it, or "" for a detail alone
	Detail string
	Job    string // ID
	At     time.Time
}

// Left is what could not be cleaned up, with the command that does it.
type Left struct{ What, Command string }

// Observer gets what happens, in order and from one goroutine.
type Observer interface {
	Check(Check)
	Progress(Progress)
	Cause(Cause)
	Left(Left)
}

// Result is how a verification ended.
type Result int

// The results.
const (
	Ran     Result = iota // the job ran, or without a job, no check failed
	Failed                // the job did not run, or would not
	Waiting               // the job still waits and no cause is known
)

// Verifier verifies one queue.
type Verifier struct {
	Target

	batch   *batch.Client
	s3      *s3.Client
	logs    *cloudwatchlogs.Client
	scaling *autoscaling.Client
	ecs     *ecs.Client
	iam     *iam.Client
	ec2     *ec2.Client
	quotas  *servicequotas.Client

	observer Observer
	region   string
	name     string // of the job and its definition
	world    World
	told     map[string]bool // causes by name, and calls that were not answered
	causes   int

	definitionARN string // once it is registered
	version       string // of the object, once it is read
}

// New returns a verifier with a configuration of the SDK. It calls nothing.
func New(config aws.Config, target Target, observer Observer) *Verifier {
	random := make([]byte, 6)
	_, _ = rand.Read(random) // it never returns an error
	return &Verifier{
		Target: target, observer: observer, region: config.Region,
		name:  Prefix + hex.EncodeToString(random),
		batch: batch.NewFromConfig(config), s3: s3.NewFromConfig(config),
		logs: cloudwatchlogs.NewFromConfig(config), scaling: autoscaling.NewFromConfig(config),
		ecs: ecs.NewFromConfig(config), iam: iam.NewFromConfig(config),
		ec2: ec2.NewFromConfig(config), quotas: servicequotas.NewFromConfig(config),
		told: map[string]bool{},
	}
}

// Name returns the name of the job and of its definition.
func (v *Verifier) Name() string { return v.name }

// key returns the key of the object that the job writes.
func (v *Verifier) key() string {
	_, folder := v.bucket()
	return strings.TrimPrefix(folder+"/"+Folder+"/"+v.name, "/")
}

// errTimeout is the cause of a context whose time has passed.
var errTimeout = errors.New("the time has passed")

// Run makes the checks of Standing, and then runs a job. It cleans up whatever happens, also when
// the context ends, of which it returns the cause. An error says that nothing is known.
func (v *Verifier) Run(ctx context.Context, timeout time.Duration) (Result, error) {
	fine, err := v.Standing(ctx)
	if err != nil || !fine {
		return Failed, err
	}
	limited, cancel := context.WithTimeoutCause(ctx, timeout, errTimeout)
	defer cancel()
	result, err := v.job(limited)
	v.cleanUp(ctx)
	if errors.Is(err, errTimeout) && ctx.Err() == nil {
		return v.waited(), nil
	}
	return result, err
}

// waited returns the result of a job that still waits when the time has passed.
func (v *Verifier) waited() Result {
	if v.causes > 0 {
		return Failed
	}
	return Waiting
}

// tell tells each cause once, and reports whether one of them lets the job wait for ever.
func (v *Verifier) tell(causes []Cause) (fatal bool) {
	for _, c := range causes {
		if !v.told[c.Name] {
			v.told[c.Name] = true
			v.causes++
			v.observer.Cause(c)
		}
		fatal = fatal || c.Fatal
	}
	return fatal
}

// named gives an error what was done.
func named(action string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", action, err)
}
