package service_test

import "github.com/metaflow-cfn/metaflow-cfn/generator"

// oracle derives from the table of needs in words what a set of values must do: the rules that
// refuse it, or else exactly which resources exist. It shares no code with the generator.
//
//   - The network of the core stack is always needed.
//   - A database is reused with its host and its secret, never with one of them.
//   - A new database is an instance, or a cluster with its instance and parameters.
//   - Everything else always exists.
func oracle(of generator.Values) (exists map[string]bool, refused []string) {
	given := func(name string) bool { return of[name] != "" }
	for _, name := range []string{"ExistingVpcId", "ExistingPrivateSubnet1Id",
		"ExistingPrivateSubnet2Id", "ExistingSecurityGroupId"} {
		if !given(name) {
			refused = append(refused, "the service needs "+name)
		}
	}
	host, secret := given("ExistingDatabaseHost"), given("ExistingDatabaseSecretArn")
	switch {
	case host && !secret:
		refused = append(refused, "ExistingDatabaseHost needs ExistingDatabaseSecretArn")
	case secret && !host:
		refused = append(refused, "ExistingDatabaseSecretArn needs ExistingDatabaseHost")
	}
	cluster := !host && of["Database"] == "serverless"
	exists = map[string]bool{
		"DatabaseSecret": !secret, "DatabaseSubnets": !host, "DatabaseSecurityGroup": !host,
		"DatabaseInstance": !host && of["Database"] == "instance",
		"DatabaseCluster":  cluster, "ClusterInstance": cluster, "ClusterParameters": cluster,
	}
	for _, id := range []string{"Cluster", "ExecutionRole", "Listener", "LoadBalancer",
		"LoadBalancerSecurityGroup", "LogGroup", "Service", "ServiceIngress",
		"ServiceSecurityGroup", "TargetGroup", "TaskDefinition"} {
		exists[id] = true
	}
	return exists, refused
}
