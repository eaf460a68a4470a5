package generator

import "github.com/metaflow-cfn/metaflow-cfn/cfn"

// Output is a row of the table of outputs: what the stack reports, and the key
// of Metaflow's configuration that it feeds.
type Output struct {
	Name string
	Key  string // of Metaflow's configuration; empty where Metaflow has none
	Doc  string

	condition string
}

// Optional reports whether some stacks do not have the output.
func (o Output) Optional() bool { return o.condition != "" }

// Outputs is the table of outputs in order.
var Outputs = []Output{
	{Name: "DefaultDatastore", Key: "METAFLOW_DEFAULT_DATASTORE", Doc: "Where data is."},
	{Name: "DefaultMetadata", Key: "METAFLOW_DEFAULT_METADATA", Doc: "Where runs are recorded."},
	{Name: "DatastoreSysrootS3", Key: "METAFLOW_DATASTORE_SYSROOT_S3", Doc: "Artifacts, code packages, logs."},
	{Name: "DatatoolsS3Root", Key: "METAFLOW_DATATOOLS_S3ROOT", Doc: "What flows store with metaflow.S3."},
	{Name: "BatchJobQueue", Key: "METAFLOW_BATCH_JOB_QUEUE", Doc: "Queue of the jobs."},
	{Name: "EcsS3AccessIamRole", Key: "METAFLOW_ECS_S3_ACCESS_IAM_ROLE", Doc: "Role that jobs assume."},
	{Name: "EcsFargateExecutionRole", Key: "METAFLOW_ECS_FARGATE_EXECUTION_ROLE", Doc: "Role that starts jobs.", condition: "HasExecutionRole"},
	{Name: "BucketName", Doc: "Bucket of the flows' data."},
	{Name: "ComputeEnvironmentArn", Doc: "Compute environment of the queue.", condition: "NewJobQueue"},
}

// outputs reports what Metaflow's configuration and other stacks want to know.
// values are those of things, by output; the others follow from them.
func (b builder) outputs(values map[string]string) {
	root := func(prefix *Parameter) string {
		return cfn.Sub("s3://${Bucket}/${"+prefix.Name+"}", map[string]string{"Bucket": values["BucketName"]})
	}
	values["DefaultDatastore"], values["DefaultMetadata"] = "s3", "local"
	values["DatastoreSysrootS3"], values["DatatoolsS3Root"] = root(datastorePrefix), root(datatoolsPrefix)
	for _, o := range Outputs {
		b.Outputs = append(b.Outputs, cfn.Output{ID: o.Name, Condition: o.condition, Description: o.description(), Value: values[o.Name]})
	}
}

// description begins with the key, so that a person who reads the stack's
// outputs can write the configuration by hand. An output that feeds no key says
// enough by its name.
func (o Output) description() string {
	if o.Key == "" {
		return ""
	}
	return o.Key + ": " + o.Doc
}

// Configuration is the keys of Metaflow's configuration from a stack's outputs.
// Outputs that are missing or empty give no key.
func Configuration(outputs map[string]string) map[string]string {
	config := map[string]string{}
	for _, o := range Outputs {
		if v := outputs[o.Name]; o.Key != "" && v != "" {
			config[o.Key] = v
		}
	}
	return config
}
