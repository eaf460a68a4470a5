package iampolicy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/internal/iameval"
)

// ofService are the services that only the metadata service uses.
var ofService = []string{"ecs", "elasticloadbalancing", "kms", "rds", "secretsmanager"}

// linkedTo are the services whose role the first resource of a type makes in an account.
var linkedTo = map[string]string{
	"AWS::ECS::Cluster": "ecs.amazonaws.com", "AWS::RDS::DBCluster": "rds.amazonaws.com",
	"AWS::RDS::DBClusterParameterGroup": "rds.amazonaws.com",
	"AWS::RDS::DBInstance":              "rds.amazonaws.com",
	"AWS::RDS::DBSubnetGroup":           "rds.amazonaws.com",
}

// onNothing are the actions that take no resource, besides Describe.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonecs.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
var onNothing = []string{"ecs:DeregisterTaskDefinition", "secretsmanager:GetRandomPassword"}

// ofService returns the requests of an action on database, load balancer, tasks or password, and
// whether their resources carry the stack's name.
func (c calls) ofService(action string) (requests []iameval.Request, named bool) {
	service, verb, _ := strings.Cut(action, ":")
	on := func(resource string, keys map[string][]string) {
		requests = append(requests, iameval.Request{Action: action, Keys: keys,
			Resource: strings.Join([]string{"arn", c.partition(), service, c.values["Region"],
				"123456789012", resource}, ":")})
	}
	kind := c.resource.Type[strings.LastIndex(c.resource.Type, ":")+1:]
	switch {
	case service != "secretsmanager" && strings.HasPrefix(verb, "Describe") && service != "kms",
		slices.Contains(onNothing, action):
		return []iameval.Request{{Action: action, Resource: "*"}}, false
	case service == "kms":
		key := cmp.Or(c.values["KmsKey"], "")
		via := "rds." + c.values["Region"] + ".amazonaws.com"
		if kind == "Secret" {
			via = "secretsmanager." + c.values["Region"] + ".amazonaws.com"
		}
		keys := map[string][]string{"kms:ViaService": {via}}
		if key != "" {
			return []iameval.Request{{Action: action, Resource: key, Keys: keys}}, false
		}
		on("key/1234abcd-12ab-34cd-56ef-1234567890ab", keys)
		return requests, false
	case service == "secretsmanager":
		on("secret:"+c.resource.ID+"-1A2B3C4D5E6F-a1b2c3", nil)
		return requests, false
	case service == "elasticloadbalancing":
		on(map[string]string{"LoadBalancer": "loadbalancer/app/metaf-LoadB-1A2B/0a1b",
			"Listener":    "listener/app/metaf-LoadB-1A2B/0a1b/2c3d",
			"TargetGroup": "targetgroup/metaf-Targe-1A2B/0a1b"}[kind], nil)
		return requests, false
	case service == "rds":
		name := strings.ToLower(c.generated(c.resource.ID))
		on(map[string]string{"DBCluster": "cluster:", "DBClusterParameterGroup": "cluster-pg:",
			"DBInstance": "db:", "DBSubnetGroup": "subgrp:"}[kind]+name, nil)
		if snapshot := strings.HasSuffix(verb, "Snapshot") || verb == "AddTagsToResource"; snapshot {
			on(map[string]string{"DBCluster": "cluster-snapshot:"}[kind]+
				map[bool]string{true: "snapshot:"}[kind != "DBCluster"]+name, nil)
			return requests, false
		}
	case action == "ecs:RegisterTaskDefinition" || kind == "TaskDefinition":
		family := map[string]string{"UiTaskDefinition": "-ui"}[c.resource.ID]
		on("task-definition/"+c.stack+cmp.Or(family, "-service")+":1", nil)
		return requests, action != "ecs:RegisterTaskDefinition"
	case kind == "Cluster":
		on("cluster/"+c.generated("Cluster"), nil)
	default:
		on("service/"+c.generated("Cluster")+"/"+c.generated(c.resource.ID), nil)
		if strings.HasSuffix(verb, "ServiceDeployment") {
			on("service-deployment/"+c.generated("Cluster")+"/"+c.generated(c.resource.ID)+"/0a1b", nil)
		}
	}
	return requests, true
}
