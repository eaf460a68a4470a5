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
		Doc: "Role that starts jobs.", Value: needs.Reference("ExecutionRole"),
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
