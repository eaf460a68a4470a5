package safety

import (
	"slices"
	"strings"
)

// public reports whether the UI is asked for on the internet.
func (t *template) public() bool {
	return t.values["Ui"] == "true" && t.values["UiScheme"] == "internet-facing"
}

// uiTraffic are the rules of the security groups of the UI in one direction.
func uiTraffic(t *template, direction string) []string {
	if t.values["Ui"] != "true" {
		return nil
	}
	const balancer, ui = "${UiLoadBalancerSecurityGroup.GroupId}", "${UiSecurityGroup.GroupId}"
	if direction == "Egress" {
		out := []string{balancer + " tcp 8083 8083 " + ui, ui + " tcp 443 443 0.0.0.0/0",
			ui + " tcp 5432 5432 0.0.0.0/0"}
		if t.values["OidcIssuer"] != "" {
			out = append(out, balancer+" tcp 443 443 0.0.0.0/0")
		}
		return out
	}
	out := []string{ui + " tcp 8083 8083 " + balancer}
	for _, name := range []string{"ClientSecurityGroupId", "ClientCidr"} {
		for _, source := range given(t.values[name]) {
			out = append(out, balancer+" tcp 443 443 "+source)
		}
	}
	if t.public() {
		out = append(out, balancer+" tcp 443 443 0.0.0.0/0")
	}
	if t.values["ExistingDatabaseHost"] == "" {
		out = append(out, "${DatabaseSecurityGroup.GroupId} tcp 5432 5432 "+ui)
	}
	return out
}

// loginField is the dynamic reference to a field of the secret of the login.
func loginField(t *template, field string) string {
	return "{{resolve:secretsmanager:" + t.values["OidcSecretArn"] + ":SecretString:" + field + "}}"
}

// loginFirst wants that what is reached from the internet asks for a login before anything else,
// under any values, and that the way to the UI is the one that was asked for.
func loginFirst(t *template) (f findings) {
	asks := false
	for r := range t.only("UiListener") {
		f.wantAll(r, map[string]string{
			"Certificates": "[{CertificateArn: " + t.values["UiCertificateArn"] + "}]",
			"DefaultActions": "[" + wantedLogin(t) + "{Order: 2, TargetGroupArn: " +
				"${UiTargetGroup}, Type: forward}]",
			"LoadBalancerArn": "${UiLoadBalancer}", "Port": "443", "Protocol": "HTTPS",
			"SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
		})
		asks = r.text("DefaultActions.0.Type") == "authenticate-oidc"
	}
	subnets, scheme := ofNetwork(t), "internal"
	if t.public() {
		subnets = "[" + t.values["ExistingPublicSubnet1Id"] + ", " +
			t.values["ExistingPublicSubnet2Id"] + "]"
		scheme = "internet-facing"
	}
	for r := range t.only("UiLoadBalancer") {
		f.wantAll(r, map[string]string{
			"Scheme": scheme, "Type": "application", "Subnets": subnets,
			"SecurityGroups": "[${UiLoadBalancerSecurityGroup.GroupId}]",
			"LoadBalancerAttributes": "[{Key: routing.http.drop_invalid_header_fields.enabled, " +
				"Value: true}]",
		})
	}
	for r := range t.of("AWS::ElasticLoadBalancingV2::LoadBalancer") {
		if r.text("Scheme") != "internal" && (r.id != "UiLoadBalancer" || !asks) {
			f.add("%s: is on the internet without a login", r.id)
		}
	}
	for _, rule := range traffic(t, "Ingress") {
		if strings.HasSuffix(rule, " 0.0.0.0/0") && !asks {
			f.add("%s: lets in everybody without a login", rule)
		}
	}
	return f
}

// wantedLogin is the text of the action of the login, where one is given.
func wantedLogin(t *template) string {
	if t.values["OidcIssuer"] == "" {
		return ""
	}
	return "{AuthenticateOidcConfig: {AuthorizationEndpoint: " +
		t.values["OidcAuthorizationEndpoint"] + ", ClientId: " + loginField(t, "client_id") +
		", ClientSecret: " + loginField(t, "client_secret") + ", Issuer: " + t.values["OidcIssuer"] +
		", OnUnauthenticatedRequest: authenticate, Scope: openid, TokenEndpoint: " +
		t.values["OidcTokenEndpoint"] + ", UserInfoEndpoint: " + t.values["OidcUserInfoEndpoint"] +
		"}, Order: 1, Type: authenticate-oidc}, "
}

// uiServes wants the UI, where it was asked for, as a whole.
func uiServes(t *template) (f findings) {
	if t.has("UiService") != (t.values["Ui"] == "true") {
		f.add("UiService: exists: %t; asked for: %s", t.has("UiService"), t.values["Ui"])
	}
	for r := range t.only("UiTargetGroup") {
		f.wantAll(r, map[string]string{
			"HealthCheckIntervalSeconds": "15", "HealthCheckPath": "/ping", "Port": "8083",
			"Protocol": "HTTP", "TargetType": "ip", "VpcId": t.values["ExistingVpcId"],
		})
	}
	root := "s3://" + t.values["ExistingBucketName"] + "/" + t.values["DatastorePrefix"]
	container := wantedContainer(t, "ui", "Command: [/opt/latest/bin/python3, -m, "+
		"services.ui_backend_service.ui_server], ENVIRONMENT, Essential: true, IMAGE, "+
		"PortMappings: [{ContainerPort: 8083, Protocol: tcp}]", ", {Name: MF_DATASTORE_ROOT, Value: "+
		root+"}, {Name: METAFLOW_DATASTORE_SYSROOT_S3, Value: "+root+"}, {Name: "+
		"METAFLOW_DEFAULT_DATASTORE, Value: s3}, {Name: METAFLOW_DEFAULT_METADATA, Value: service}, "+
		"{Name: METAFLOW_SERVICE_URL, Value: http://localhost:8083/metadata}, {Name: UI_ENABLED, "+
		"Value: 1}, {Name: AWS_DEFAULT_REGION, Value: ${AWS::Region}}")
	for r := range t.only("UiTaskDefinition") {
		f.wantAll(r, map[string]string{
			"ContainerDefinitions": "[" + container + "]", "Cpu": t.values["UiCpu"],
			"EphemeralStorage": "{SizeInGiB: 50}", "ExecutionRoleArn": "${ExecutionRole.Arn}",
			"Family": "${AWS::StackName}-ui", "Memory": t.values["UiMemory"],
			"NetworkMode": "awsvpc", "RequiresCompatibilities": "[FARGATE]",
			"TaskRoleArn": "${UiRole.Arn}",
		})
	}
	for r := range t.only("UiService") {
		f.wantAll(r, map[string]string{
			"Cluster": "${Cluster}", "DesiredCount": "1",
			"DeploymentConfiguration": "{DeploymentCircuitBreaker: {Enable: true, Rollback: true}, " +
				"MaximumPercent: 200, MinimumHealthyPercent: 100}",
			"HealthCheckGracePeriodSeconds": "180", "LaunchType": "FARGATE",
			"LoadBalancers": "[{ContainerName: ui, ContainerPort: 8083, TargetGroupArn: " +
				"${UiTargetGroup}}]",
			"NetworkConfiguration": "{AwsvpcConfiguration: {AssignPublicIp: DISABLED, " +
				"SecurityGroups: [${UiSecurityGroup.GroupId}], Subnets: " + ofNetwork(t) + "}}",
			"PropagateTags": "SERVICE", "TaskDefinition": "${UiTaskDefinition}",
		})
		want := []string{"Service", "UiListener"}
		if t.has("DatabaseCluster") {
			want = append([]string{"ClusterInstance"}, want...)
		}
		got := texts(r.raw["DependsOn"])
		if slices.Sort(got); !slices.Equal(slices.Compact(got), want) {
			f.add("%s: waits for %s; wanted %s", r.id, got, want)
		}
	}
	return f
}

func serviceOutputs(t *template) findings {
	const url = "http://${LoadBalancer.DNSName}/api"
	page, name, group := "", "", ""
	if t.values["Ui"] == "true" {
		page, name = "https://"+t.values["UiDomain"], "${UiLoadBalancer.DNSName}"
		group = "${UiSecurityGroup.GroupId}"
	}
	return t.outputs(map[string]string{
		"UiUrl": page, "UiLoadBalancerName": name, "UiSecurityGroupId": group,
		"DefaultMetadata": "service", "ServiceUrl": url, "ServiceInternalUrl": url,
		"ServiceSecurityGroupId": "${ServiceSecurityGroup.GroupId}",
	})
}
