package main

import (
	"errors"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// templateFile is the template that every program here deploys; the binary contains the same one.
const templateFile = "templates/metaflow.yaml"

var ours = []string{binary, "deploy", stackName, "--yes", "--output", "json"}

// creates runs the binary alone and then the AWS CLI twice in parallel, each on a server of its
// own, at true speed. The CLI's second create lasts a quarter longer: the CLI polls every 30
// seconds, and a create of a minute ends just before a poll, one of 75 seconds half-way between
// two.
func creates(lasts, natural time.Duration) ([]*deployment, error) {
	server := func(lasts time.Duration) *cfntest.Server {
		return cfntest.New(cfntest.Options{Scale: float64(lasts) / float64(natural)})
	}
	first, err := create(server(lasts), "metaflow-cfn deploy", ours...)
	if err != nil {
		return nil, err
	}
	const name = "aws cloudformation deploy"
	cli, found := awsCLI()
	if !found {
		return []*deployment{first, {figures: figures{Name: name}, missing: true}}, nil
	}
	theirs := []string{cli, "cloudformation", "deploy", "--stack-name", stackName, "--template-file",
		templateFile, "--capabilities", "CAPABILITY_IAM"}
	var second *deployment
	failure := make(chan error)
	go func() {
		var err error
		second, err = create(server(lasts), name, theirs...)
		failure <- err
	}()
	third, err := create(server(lasts*5/4), name, theirs...)
	if err := errors.Join(err, <-failure); err != nil {
		return nil, err
	}
	return []*deployment{first, second, third}, nil
}

// awsCLI finds the AWS CLI in PATH or where make tools puts it, and checks that it starts.
func awsCLI() (path string, found bool) {
	for _, name := range []string{"aws", filepath.Join(".tools", "bin", "aws")} {
		if path, err := exec.LookPath(name); err == nil && exec.Command(path, "--version").Run() == nil {
			return path, true
		}
	}
	return "", false
}
