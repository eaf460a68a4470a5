package core

import (
	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// outputs is the table of outputs in order.
var outputs = []generator.Output{
	{Name: "DefaultDatastore", Key: "METAFLOW_DEFAULT_DATASTORE", Value: "s3",
		Doc: "Where data is."},
	{Name: "DefaultMetadata", Key: "METAFLOW_DEFAULT_METADATA", Value: "local",
		Doc: "Where runs are recorded.", Default: true},
	{Name: "DatastoreSysrootS3", Key: "METAFLOW_DATASTORE_SYSROOT_S3",
		Doc: "Artifacts, code packages, logs.", Value: root(storage.datastorePrefix)},
	{Name: "DatatoolsS3Root", Key: "METAFLOW_DATATOOLS_S3ROOT",
		Doc: "What flows store with metaflow.S3.", Value: root(storage.datatoolsPrefix)},
	{Name: "BatchJobQueue", Key: "METAFLOW_BATCH_JOB_QUEUE", Value: needs.Reference("JobQueue"),
		Doc: "Queue of the jobs."},
	{Name: "EcsS3AccessIamRole", Key: "METAFLOW_ECS_S3_ACCESS_IAM_ROLE",
		Doc: "Role that jobs assume.", Value: needs.Reference("JobRole")},
	{Name: "EcsFargateExecutionRole", Key: "METAFLOW_ECS_FARGATE_EXECUTION_ROLE",
		Doc: "Task execution role.", Value: needs.Reference("ExecutionRole"),
		Condition: "HasExecutionRole"},
	{Name: "BucketName", Doc: "Bucket of the flows' data.", Value: needs.Reference("Bucket")},
	{Name: "ComputeEnvironmentArn", Doc: "Compute environment of the queue.",
		Value: needs.Reference("ComputeEnvironment"), Condition: needs.Condition("JobQueue")},
}

// root returns the address of a prefix in the bucket.
func root(prefix *generator.Parameter) string {
	return cfn.Sub("s3://${Bucket}/${"+prefix.Name+"}",
		map[string]string{"Bucket": needs.Reference("Bucket")})
}

// hints returns how the jobs get an image where that of Docker Hub, which Metaflow takes
// by default, cannot be reached or is limited. A configuration that names an image or a
// registry needs no hint.
//
// The default image is python:X.Y, and a registry is put before each image that names
// none, as metaflow/plugins/aws/batch/batch_decorator.py of github.com/Netflix/metaflow has it.
func hints(v generator.Values, live map[string]bool, config map[string]string) []string {
	for _, key := range []string{
		"METAFLOW_BATCH_CONTAINER_IMAGE", "METAFLOW_BATCH_CONTAINER_REGISTRY",
		"METAFLOW_DEFAULT_CONTAINER_IMAGE", "METAFLOW_DEFAULT_CONTAINER_REGISTRY",
	} {
		if config[key] != "" {
			return nil
		}
	}
	const ecr = "ACCOUNT.dkr.ecr.REGION.amazonaws.com"
	switch {
	case !live["ComputeEnvironment"]: // another stack's, of which nothing is known
	case v.Of(network.internetAccess) == "false":
		return []string{
			"jobs have no internet access, and the configuration names no image: " +
				"python:X.Y of Docker Hub, the default, cannot be pulled",
			"name an image in ECR: --set METAFLOW_BATCH_CONTAINER_IMAGE=" + ecr + "/REPOSITORY:TAG",
			"or the registry that has python:X.Y: --set METAFLOW_BATCH_CONTAINER_REGISTRY=" + ecr,
		}
	case live["NatGateway"],
		live["PrivateRouteTable"] && v.Of(network.existingNatGatewayId) != "":
		// https://docs.docker.com/docker-hub/usage/pulls/
		// https://github.com/aws/containers-roadmap/issues/1168
		return []string{
			"jobs behind a NAT gateway share its address, for which Docker Hub allows 100 " +
				"anonymous pulls in six hours",
			"pull python:X.Y, the default image, from Amazon's registry: " +
				"--set METAFLOW_BATCH_CONTAINER_REGISTRY=public.ecr.aws/docker/library",
		}
	}
	return nil
}
