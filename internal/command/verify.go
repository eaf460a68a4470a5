package command

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	smithy "github.com/aws/smithy-go"
	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
	"github.com/metaflow-cfn/metaflow-cfn/internal/metaflowconfig"
	"github.com/metaflow-cfn/metaflow-cfn/verify"
)

// verifyLimit is how long a job may take by default: an instance and an image take minutes.
const verifyLimit = 15 * time.Minute

// The keys of Metaflow's configuration that a job needs.
const (
	queueKey     = "METAFLOW_BATCH_JOB_QUEUE"
	roleKey      = "METAFLOW_ECS_S3_ACCESS_IAM_ROLE"
	executionKey = "METAFLOW_ECS_FARGATE_EXECUTION_ROLE"
	datastoreKey = "METAFLOW_DATASTORE_SYSROOT_S3"
)

// verifyCmd is one run of the verify command.
type verifyCmd struct {
	*env

	queue, image, format string
	metaflowProfile      string
	timeout              time.Duration
	noJob, after         bool // after: a deployment ends with it, and writes the result

	began time.Time
}

// newVerify runs a job on the queue of a stack.
func newVerify(e *env) *cobra.Command {
	v := &verifyCmd{env: e}
	cmd := &cobra.Command{
		Use:   "verify STACK",
		Short: "Run a small job on the queue, or say why it does not run",
		Long: "verify checks the queue, its compute environments, the job role and the bucket.\n" +
			"Then it runs one small job, which writes an object below the folder of the\n" +
			"data, reads the object, and removes job definition and object. It costs what\n" +
			"one small job costs. When the job waits for two minutes or fails, it says the\n" +
			"cause and what to change.\n" +
			"\n" +
			"With --queue another queue is used; without a stack, the role and the folder\n" +
			"are those of Metaflow's configuration. Ctrl-C terminates the job and removes\n" +
			"what was made.",
		Example: "  metaflow-cfn verify metaflow\n" +
			"  metaflow-cfn verify --queue arn:aws:batch:us-east-1:123456789012:job-queue/shared",
	}
	f := cmd.Flags()
	f.StringVar(&v.queue, "queue", "", "ARN or name of another job queue")
	f.StringVar(&v.image, "image", verify.DefaultImage,
		"image with the AWS CLI, in a registry that jobs reach")
	f.DurationVar(&v.timeout, "timeout", verifyLimit, "how long the job may take, like 30m")
	f.BoolVar(&v.noJob, "no-job", false, "check what stands, and run no job")
	f.StringVar(&v.metaflowProfile, "metaflow-profile", "",
		"Metaflow profile whose configuration is compared")
	enumFlag(cmd, &v.format, "output", "text", "text", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		v.check(args)
		if err := v.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		return v.run(cmd.Context(), args)
	}
	return cmd
}

// check notes every problem of the command line.
func (v *verifyCmd) check(args []string) {
	v.checkEnum("output", v.format, "text", "json")
	if v.format == "json" {
		v.records = display.NewRecords(v.displayConfig())
	}
	v.checkProfile(v.metaflowProfile)
	if v.timeout < time.Minute {
		v.problems.add(fmt.Errorf("--timeout: %s is shorter than a job can take; wanted a time like 15m",
			v.timeout))
	}
	if v.image == "" || strings.ContainsAny(v.image, " \t\n") {
		v.problems.add(fmt.Errorf("--image: %q is not an image; expected one such as %s", v.image,
			verify.DefaultImage))
	}
	// https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html
	if form := `^(arn:[a-z-]+:batch:[a-z0-9-]+:\d{12}:job-queue/)?[\w-]{1,128}$`; v.queue != "" &&
		!regexp.MustCompile(form).MatchString(v.queue) {
		v.problems.add(fmt.Errorf("--queue: %q is not a job queue; wanted an ARN like "+
			"arn:aws:batch:us-east-1:123456789012:job-queue/jobs", v.queue))
	}
	if len(args) > 0 || v.queue == "" {
		v.stackName(args)
	}
}

// run finds the queue, the role and the folder of the data, and verifies them.
func (v *verifyCmd) run(ctx context.Context, args []string) error {
	path, err := metaflowconfig.Path(v.metaflowProfile)
	if err != nil {
		return &exitError{exitUnknown, err, ""}
	}
	file := metaflowconfig.Preview(path, metaflowconfig.Change{}).Config
	if len(args) == 0 {
		to, err := v.connect(ctx)
		if err != nil {
			return err
		}
		return v.verify(ctx, to, v.queue, file)
	}
	s, err := v.open(ctx, args[0], "")
	if err != nil {
		return err
	}
	if !s.stack.Exists() {
		return &exitError{exitUnknown, fmt.Errorf("stack %s does not exist in %s", args[0], s.region),
			"Create it: " + v.commandLine("deploy", args[0])}
	}
	v.compare(s.stack, path, file)
	v.lookAgain(ctx, s)
	return v.verifyStack(ctx, s.account, s.stack)
}

// verifyStack verifies the queue of a stack.
func (v *verifyCmd) verifyStack(ctx context.Context, to account, stack deploy.Stack) error {
	if err := v.neverDeployed(stack); err != nil {
		return err
	}
	return v.verify(ctx, to, stack.Name, v.component.Configuration(stack.Outputs))
}

// compare says whether Metaflow's configuration is that of the stack.
func (v *verifyCmd) compare(stack deploy.Stack, path string, file map[string]string) {
	c := verify.Check{Name: "Metaflow's configuration", Status: "ok", Detail: path}
	for key, value := range v.component.Configuration(stack.Outputs) {
		if file[key] != value && (key == queueKey || key == datastoreKey) {
			c.Status = "differs"
			c.Detail = fmt.Sprintf("%s does not have the values of the stack: %s", path, v.commandLine("configure", stack.Name))
		}
	}
	v.Check(c)
}

// verify verifies a queue with the values of a configuration.
func (v *verifyCmd) verify(ctx context.Context, to account, name string, config map[string]string) error {
	target := verify.Target{
		Queue: config[queueKey], JobRole: config[roleKey], ExecutionRole: config[executionKey],
		Datastore: config[datastoreKey], Image: v.image,
		Tags: map[string]string{"metaflow-cfn": "verify"},
	}
	if v.queue != "" {
		target.Queue = v.queue
	}
	if err := v.complete(name, target); err != nil {
		return err
	}
	v.began = time.Now()
	one := verify.New(to.config, target, v)
	var result verify.Result
	var err error
	if v.noJob {
		result, err = standing(ctx, one)
	} else {
		v.Printf("%s: the job %s is run on %s in %s", name, one.Name(), target.Queue, to)
		result, err = one.Run(ctx, v.timeout)
	}
	return v.end(ctx, name, result, err)
}

// standing checks what stands, without a job.
func standing(ctx context.Context, one *verify.Verifier) (verify.Result, error) {
	fine, err := one.Standing(ctx)
	if err == nil && fine {
		return verify.Ran, nil
	}
	return verify.Failed, err
}

// complete returns an error for a target that lacks something.
func (v *verifyCmd) complete(name string, t verify.Target) error {
	var missing []string
	for key, value := range map[string]string{
		queueKey: t.Queue, roleKey: t.JobRole, datastoreKey: t.Datastore,
	} {
		if value == "" {
			missing = append(missing, key)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &exitError{exitUnknown, fmt.Errorf("%s: %s is not known: the outputs of a stack of the "+
		"first template have it, or Metaflow's configuration", name, sorted(missing)),
		"Give such a stack, or write the configuration first: metaflow-cfn configure STACK"}
}

// end reports how the verification ended.
func (v *verifyCmd) end(ctx context.Context, name string, result verify.Result, err error) error {
	var s signalled
	var api smithy.APIError
	took := time.Since(v.began).Round(time.Second)
	switch {
	case errors.As(context.Cause(ctx), &s):
		return &exitError{exitSignal + int(s.signal), fmt.Errorf("%w: the job was ended", s), ""}
	case err != nil && deploy.Denied(err):
		return &exitError{exitUnknown, err, "Grant it: metaflow-cfn policy verify " + name}
	case errors.As(err, &api) && api.ErrorCode() == "ClientException":
		return &exitError{exitNotRun, err, ""}
	case err != nil:
		return &exitError{exitUnknown, err, ""}
	case result == verify.Waiting:
		return &exitError{exitTimeout, fmt.Errorf("%s: the job still waited after %s, and was terminated; "+
			"no cause is known", name, took), "Retry with a longer --timeout"}
	case result == verify.Failed:
		return &exitError{exitNotRun, fmt.Errorf("%s does not run jobs", name),
			"Each cause is explained in docs/troubleshooting.md; after the change: metaflow-cfn verify " +
				name + v.place()}
	}
	if v.records != nil {
		if !v.after {
			v.records.Verified(name)
		}
		return nil
	}
	if v.noJob {
		v.Printf("OK %s: no check has failed; no job was run", name)
		return nil
	}
	v.Printf("OK %s runs jobs (%s)", name, took)
	return nil
}
