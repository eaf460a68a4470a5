// Command metaflow-cfn stands up what Metaflow needs on AWS from one
// CloudFormation template: it prints the template, deploys it, and writes
// Metaflow's configuration.
package main

import (
	"os"
)

func main() {
	ctx, e := begin()
	os.Exit(run(ctx, e, os.Args[1:]))
}
