// Package core is the template that is sufficient to run flows: a bucket, a network, and a compute
// environment with its job queue and roles.
package core

import (
	"slices"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// Component is the core template.
var Component = &generator.Component{
	Name: "core", File: "metaflow",
	Description: "Metaflow on AWS: an S3 bucket, a network and AWS Batch.",
	Intro:       "A bucket, a network and AWS Batch: all that flows need to run.",
	Groups:      groups,
	Needs:       needs,
	Inherit: []*generator.Parameter{
		compute.computeSubnets, storage.datastorePrefix, storage.datatoolsPrefix,
		storage.kmsKeyArn, standard.Roles.PermissionsBoundaryArn, standard.Roles.RolePath,
	},
	Retired:    retired,
	Rules:      rules,
	Conditions: conditions,
	Mappings:   map[string]map[string]map[string]any{"Minutes": minutes()},
	Outputs:    outputs,
	Build:      build,
	Relations:  relations,
	Cautions:   cautions,
	Hints:      hints,
	Protected: []string{
		"AWS::S3::Bucket", "AWS::EC2::FlowLog", "AWS::EC2::VPC", "AWS::EC2::Subnet",
		"AWS::EC2::EIP", "AWS::EC2::NatGateway", "AWS::EC2::VPCEndpoint", environmentType, queueType,
	},
	FixedTags:  []string{environmentType, queueType},
	Update:     update,
	Zones:      zones,
	Derivation: derivation,
	Preflight:  preflight,
	Refresh:    compute.imageRefresh,
	Advice:     advice,

	PostDeploy: true,
}

const (
	environmentType = "AWS::Batch::ComputeEnvironment"
	queueType       = "AWS::Batch::JobQueue"
)

// retired lists the parameters of older versions, with their replacements.
var retired = map[string]string{
	"AuditLogs": "the hardening template creates the flow log and a log bucket; " +
		"AccessLogBucketName sends the access log there",
}

// builder adds the resources of the template.
type builder struct{ *generator.Builder }

func build(all *generator.Builder) {
	b := builder{all}
	b.bucket()
	attached := b.internetGateway()
	routes := b.network(attached)
	b.securityGroup()
	b.jobRole()
	b.instanceProfile()
	b.executionRole()
	b.launchTemplate()
	b.computeEnvironment(attached, slices.Clip(routes))
	b.jobQueue()
}
