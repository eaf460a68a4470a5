package core

import "github.com/metaflow-cfn/metaflow-cfn/generator"

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
