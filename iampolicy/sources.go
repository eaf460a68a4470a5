package iampolicy

// pulumi and awscc return the sources of the handlers' permissions: copies of the
// schemas of the CloudFormation registry, at the commits that were read.
func pulumi(commit, schema string) string {
	return "https://github.com/pulumi/pulumi-aws-native/blob/" + commit +
		"/aws-cloudformation-schema/" + schema + ".json"
}

func awscc(commit, schema string) string {
	return "https://github.com/hashicorp/terraform-provider-awscc/blob/" + commit +
		"/internal/service/cloudformation/schemas/" + schema + ".json"
}
