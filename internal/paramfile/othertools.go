package paramfile

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

const ownTemplate = "this program deploys a template of its own; leave the key out"

// otherKeys are keys that other tools know, with what to do instead. StackPolicy is of
// CodePipeline's template configuration, those below it are of create-stack's
// --cli-input-json, and the last ones of Sceptre.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
// https://docs.sceptre-project.org/latest/docs/stack_config.html
var otherKeys = map[string]string{
	"stackpolicy": "this program sets no stack policy; leave it out, and set it after the " +
		"deployment: aws cloudformation set-stack-policy",

	"capabilities":     "this program sends the capability that its template needs; leave the key out",
	"disablerollback":  "give --on-failure keep, and leave the key out",
	"notificationarns": "this program sends no notifications; leave the key out",
	"onfailure":        "give --on-failure, and leave the key out",
	"rolearn":          "give --role-arn, and leave the key out",
	"stackname":        "the command line names the stack; leave the key out",
	"templatebody":     ownTemplate,
	"templateurl":      ownTemplate,

	"stack_tags":    "write Tags",
	"template":      ownTemplate,
	"template_path": ownTemplate,
}

// sectionOf returns the section that a key of the root begins, or nothing.
func sectionOf(key string) string {
	switch name := strings.ToLower(key); name {
	case "parameters", "tags", "template-file-path":
		return name
	}
	return ""
}

// otherKey reads a key of the root that begins no section.
func (r *reader) otherKey(key, value *yaml.Node) {
	if isHolder(key.Value) {
		r.holders = append(r.holders, holder{key, value})
		return
	}
	r.add(at(key), func() error {
		instead, known := otherKeys[strings.ToLower(key.Value)]
		_, isParameter := r.parameterNamed(key.Value)
		switch {
		case known:
			return fmt.Errorf("key %s is not read: %s", key.Value, instead)
		case isParameter:
			return fmt.Errorf("parameter %s is outside Parameters: wanted %s", key.Value, example)
		case value.Anchor != "":
			return fmt.Errorf("key %q is unknown: begin it with x- if it is there for its anchor &%s, "+
				"like x-%[1]s", short(key.Value), short(value.Anchor))
		}
		return suggest.Unknown("key", short(key.Value), []string{"Parameters", "Tags"})
	})
}

// parameterNamed returns the parameter of that name, if the file has parameters.
func (r *reader) parameterNamed(name string) (Parameter, bool) {
	if r.Parameter == nil {
		return Parameter{}, false
	}
	return r.Parameter(name)
}

// errInList is the error of Name: value in a list.
func errInList(name string) error {
	return fmt.Errorf("parameter %s is given in a list: wanted %s, or Name: value without the dash",
		name, entryExample)
}

const samConfiguration = "the file is a configuration of the SAM CLI, which is not read: " +
	"write what its parameter_overrides give as " + example

// otherTool says that a map is the file of another tool, and how to make a parameter file
// of it.
func otherTool(root *yaml.Node) string {
	var keys []string
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i].Value, root.Content[i+1]
		for j := 0; key != "" && j+1 < len(value.Content) && value.Kind == yaml.MappingNode; j += 2 {
			if name := value.Content[j].Value; name == "deploy" || name == "global" {
				key += "." + name
				break
			}
		}
		keys = append(keys, key)
	}
	for _, key := range keys {
		switch {
		case key == "Resources" || key == "AWSTemplateFormatVersion":
			return "the file is a template: wanted a file with values for its parameters, " + example
		case key == "Stacks":
			return "the file is the output of describe-stacks: keep its parameters alone with " +
				"--query 'Stacks[0].Parameters'"
		case strings.HasSuffix(key, ".deploy") || strings.HasSuffix(key, ".global"):
			return samConfiguration
		}
	}
	return ""
}

// errSAM is the error of a configuration of the SAM CLI in TOML.
var errSAM = errors.New(samConfiguration)
