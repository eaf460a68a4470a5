// Command metaflow-cfn stands up what Metaflow needs on AWS from one
// CloudFormation template: it prints the template, deploys it, and writes
// Metaflow's configuration.
package main

import (
	"context"
	"os"
)

func main() {
	ctx, stop := untilSignal(context.Background())
	code := run(ctx, &env{in: os.Stdin, out: os.Stdout, err: os.Stderr, stop: stop}, os.Args[1:])
	stop()
	os.Exit(code)
}
