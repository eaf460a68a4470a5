package service_test

import "github.com/metaflow-cfn/metaflow-cfn/generator"

// oracle derives from the table of needs in words what a set of values must do: the rules that
// refuse it, or else exactly which resources exist. It shares no code with the generator.
//
//   - The network of the core stack is always needed.
//   - A database is reused with its host and its secret, never with one of them.
//   - A new database is an instance, or a cluster with its instance and parameters.
//   - The UI exists where it is turned on: with a name, a certificate and a bucket, and on the
//     internet with public subnets and a login. A login is complete or absent.
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
	ui, login := of["Ui"] == "true", given("OidcIssuer")
	need := func(when bool, says string, names ...string) {
		for _, name := range names {
			if when && !given(name) {
				refused = append(refused, says+name)
			}
		}
	}
	need(ui, "Ui true needs ", "UiDomain", "UiCertificateArn", "ExistingBucketName")
	need(ui && of["UiScheme"] == "internet-facing", "a UI on the internet needs a login and ",
		"ExistingPublicSubnet1Id", "ExistingPublicSubnet2Id", "OidcIssuer")
	need(login, "OidcIssuer needs ", "OidcAuthorizationEndpoint", "OidcTokenEndpoint",
		"OidcUserInfoEndpoint", "OidcSecretArn")
	cluster := !host && of["Database"] == "serverless"
	exists = map[string]bool{
		"DatabaseSecret": !secret, "DatabaseSubnets": !host, "DatabaseSecurityGroup": !host,
		"DatabaseInstance": !host && of["Database"] == "instance",
		"DatabaseCluster":  cluster, "ClusterInstance": cluster, "ClusterParameters": cluster,
	}
	for _, id := range []string{"UiIngress", "UiListener", "UiLoadBalancer",
		"UiLoadBalancerSecurityGroup", "UiRole", "UiSecurityGroup", "UiService", "UiTargetGroup",
		"UiTaskDefinition"} {
		exists[id] = ui
	}
	exists["UiDatabaseIngress"] = ui && !host
	for _, id := range []string{"Cluster", "ExecutionRole", "Listener", "LoadBalancer",
		"LoadBalancerSecurityGroup", "LogGroup", "Service", "ServiceIngress",
		"ServiceSecurityGroup", "TargetGroup", "TaskDefinition"} {
		exists[id] = true
	}
	return exists, refused
}
