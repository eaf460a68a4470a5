// Command metaflow-cfn creates what Metaflow needs on AWS from published
// CloudFormation templates: it prints a template, deploys it, and writes
// Metaflow's configuration.
package main

import (
	"os"

	"github.com/metaflow-cfn/metaflow-cfn/internal/command"
)

func main() { os.Exit(command.Main(components, os.Args[1:])) }
