package iampolicy

import (
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// ecsTasks is the service that assumes the roles of tasks.
const ecsTasks = "ecs-tasks.amazonaws.com"

// records reports whether the template creates the metadata service, and no job queue.
func (sc scope) records() bool {
	has := func(name string) bool {
		return slices.ContainsFunc(sc.template.Resources,
			func(r cfn.Resource) bool { return r.Type == name })
	}
	return has("AWS::ECS::TaskDefinition") && !has("AWS::Batch::JobQueue")
}

// recordPatterns returns the statements of the service role for database, load balancer and tasks,
// and for the roles of AWS that their first use in an account makes. Names of load balancers and
// secrets are not documented to hold the stack's. DeregisterTaskDefinition takes no resource.
// service-authorization/latest/reference/list_amazonelasticcontainerservice.html
func (sc scope) recordPatterns() []statement {
	balancer := func(resource string) string { return sc.arn("elasticloadbalancing", resource) }
	linked := sc.linkedServices()
	sid, linkedRole := "LinkedRoles", sc.iam("role/aws-service-role/*") // the condition narrows it
	if len(linked) == 1 {
		sid, linkedRole = "BatchRole", sc.iam("role/aws-service-role/"+linked[0]+"/*")
	}
	return []statement{
		allowStatement(sid, []string{linkedRole}, "iam:CreateServiceLinkedRole").
			where("StringEquals", "iam:AWSServiceName", linked...),
		allowStatement("TaskDefinitions", []string{wildcard}, "ecs:DeregisterTaskDefinition"),
		allowStatement("Tasks", sc.ecsARNs(), "ecs:*"),
		allowStatement("LoadBalancers", []string{balancer("loadbalancer/app/*"),
			balancer("listener/app/*"), balancer("targetgroup/*")}, "elasticloadbalancing:*"),
		allowStatement("Databases", sc.databases(), "rds:*"),
		allowStatement("Passwords", []string{sc.arn("secretsmanager", "secret:DatabaseSecret-*")},
			"secretsmanager:*"),
		allowStatement("Keys", []string{sc.key()}, "kms:*").
			where("StringLike", "kms:ViaService", "rds.*", "secretsmanager.*"),
	}
}

// hasLogin reports whether CloudFormation resolves the secret of a login in the template.
func (sc scope) hasLogin() bool {
	return slices.ContainsFunc(sc.template.Resources, func(r cfn.Resource) bool {
		return strings.Contains(textOf(r), "{{resolve:secretsmanager:${OidcSecretArn}")
	})
}

// loginSecret returns the statement with which CloudFormation resolves the given secret of the
// login. A secret of which ECS starts tasks, such as that of an existing database, is read by the
// execution role instead.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
func (sc scope) loginSecret() []statement {
	secret := sc.given.Of(param.oidcSecret)
	if secret == "" || !sc.hasLogin() {
		return nil
	}
	return []statement{allowStatement("ReadLogin", []string{secret}, "secretsmanager:GetSecretValue")}
}

// key returns the ARN of the given key, or of any.
func (sc scope) key() string {
	if key := sc.given.Of(param.kmsKey); key != "" {
		return key
	}
	return sc.arn("kms", "key/*")
}

// linkedServices returns the services that make a role of their own in an account at first use.
func (sc scope) linkedServices() []string {
	if !sc.records() {
		return []string{"batch.amazonaws.com"}
	}
	return []string{"ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com", "rds.amazonaws.com"}
}

// ecsARNs returns the ARNs of the cluster, of what is in it, and of the task definition.
func (sc scope) ecsARNs() []string {
	return []string{sc.arn("ecs", "*/"+sc.generatedName("Cluster")),
		sc.arn("ecs", "task-definition/"+sc.stack+"-service:*"),
		sc.arn("ecs", "task-definition/"+sc.stack+"-ui:*")}
}

// databases returns the ARNs of what the template creates in RDS, whose generated names are in
// lower case and begin with the stack's name and Database or Cluster, and of the last snapshots.
func (sc scope) databases() []string {
	var arns []string
	for _, id := range []string{"Cluster", "Database"} {
		name := strings.TrimSuffix(strings.TrimSuffix(sc.generatedName(id), "*"), "-") + "*"
		arns = append(arns, sc.arn("rds", "*:"+strings.ToLower(name)))
	}
	return append(slices.Compact(arns), sc.arn("rds", "*snapshot:*"))
}

// boundaryOfService returns the most that the role of tasks may do in addition to what jobs may: read the
// password, and use its key.
func boundaryOfService(sc scope, key string) []statement {
	return []statement{
		allowStatement("ReadPassword", []string{sc.arn("secretsmanager", "secret:*")},
			"secretsmanager:GetSecretValue"),
		allowStatement("UseKeyOfPassword", []string{key}, "kms:Decrypt").
			where("StringLike", "kms:ViaService", "secretsmanager.*"),
	}
}
