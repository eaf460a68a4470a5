package safety

import (
	"regexp"
	"slices"
	"strings"
)

// tagsOf says where the tags of each type stand; "" where AWS gives it none.
var tagsOf = map[string]string{
	"AWS::Batch::ComputeEnvironment":        "Tags",
	"AWS::Batch::JobQueue":                  "Tags",
	"AWS::DynamoDB::Table":                  "Tags",
	"AWS::EC2::EIP":                         "Tags",
	"AWS::EC2::FlowLog":                     "Tags",
	"AWS::EC2::InternetGateway":             "Tags",
	"AWS::EC2::LaunchTemplate":              "TagSpecifications.0.Tags",
	"AWS::EC2::NatGateway":                  "Tags",
	"AWS::EC2::Route":                       "",
	"AWS::EC2::RouteTable":                  "Tags",
	"AWS::EC2::SecurityGroup":               "Tags",
	"AWS::EC2::SecurityGroupEgress":         "",
	"AWS::EC2::SecurityGroupIngress":        "",
	"AWS::EC2::Subnet":                      "Tags",
	"AWS::EC2::SubnetRouteTableAssociation": "",
	"AWS::EC2::VPC":                         "Tags",
	"AWS::EC2::VPCEndpoint":                 "Tags",
	"AWS::EC2::VPCGatewayAttachment":        "",

	"AWS::ECS::Cluster":        "Tags",
	"AWS::ECS::Service":        "Tags",
	"AWS::ECS::TaskDefinition": "Tags",

	"AWS::ElasticLoadBalancingV2::Listener":     "",
	"AWS::ElasticLoadBalancingV2::LoadBalancer": "Tags",
	"AWS::ElasticLoadBalancingV2::TargetGroup":  "Tags",

	"AWS::RDS::DBCluster":               "Tags",
	"AWS::RDS::DBClusterParameterGroup": "Tags",
	"AWS::RDS::DBInstance":              "Tags",
	"AWS::RDS::DBSubnetGroup":           "Tags",
	"AWS::SecretsManager::Secret":       "Tags",

	"AWS::IAM::InstanceProfile": "",
	"AWS::IAM::Policy":          "",
	"AWS::IAM::Role":            "Tags",
	"AWS::Logs::LogGroup":       "Tags",
	"AWS::S3::Bucket":           "Tags",
	"AWS::S3::BucketPolicy":     "",
}

func knownKinds(t *template) (f findings) {
	for _, r := range t.resources {
		if !slices.Contains(t.subject.kinds, r.kind) {
			f.add("%s: is of type %q, for which there are no rules", r.id, r.kind)
		}
	}
	return f
}

// named is whether tags are one Name that begins with the stack's.
func named(tags any) bool {
	name := text(at(tags, "Name"))
	if items, ok := tags.([]any); ok && len(items) == 1 && text(at(items[0], "Key")) == "Name" {
		name = text(at(items[0], "Value"))
	}
	return strings.HasPrefix(name, "${AWS::StackName}-")
}

func tagged(t *template) (f findings) {
	for _, r := range t.resources {
		if place := tagsOf[r.kind]; place != "" && !named(r.at(place)) {
			f.add("%s: has the tags %s", r.id, r.text(place))
		}
	}
	return f
}

// taggedInstances is about what Batch launches, which the stack's tags do not reach.
func taggedInstances(t *template) (f findings) {
	for r := range t.of("AWS::EC2::LaunchTemplate") {
		name := t.ours("InstanceName", "${AWS::StackName}-batch")
		tags, refresh := ", Tags: [{Key: Name, Value: "+name+"}", ""
		if date := t.values["ImageRefresh"]; date != "" { // makes a version that is new
			refresh = ", {Key: ImageRefresh, Value: " + date + "}"
		}
		own := ""
		for _, name := range []string{"InstanceTag1", "InstanceTag2"} {
			if key, value, given := strings.Cut(t.values[name], "="); given {
				own += ", {Key: " + key + ", Value: " + value + "}"
			}
		}
		want := "[{ResourceType: instance" + tags + refresh + own + "]}, {ResourceType: volume" + tags +
			own + "]}]"
		f.want(r, "LaunchTemplateData.TagSpecifications", want)
		f.want(r, "TagSpecifications.0.ResourceType", "launch-template")
		if n := len(list(r.at("TagSpecifications"))); n != 1 {
			f.add("%s: has tags for %d kinds of resources", r.id, n)
		}
	}
	return f
}

// references wants all that is named to exist.
func references(t *template) (f findings) {
	check := func(where, id string) {
		if id, _, _ = strings.Cut(id, "."); !strings.HasPrefix(id, "AWS::") && !t.has(id) {
			f.add("%s: refers to %s, which does not exist", where, id)
		}
	}
	inside := func(where string, v any) {
		for v := range nodes(v) {
			m, _ := v.(map[string]any)
			if name, argument, ok := function(m); ok && name != "Fn::Select" {
				for id := range variables(call(name, argument)) {
					check(where, id)
				}
			}
		}
	}
	for _, r := range t.resources {
		inside(r.id, r.properties)
		for _, id := range texts(r.raw["DependsOn"]) {
			check(r.id, id)
		}
	}
	inside("Outputs", t.doc["Outputs"])
	return f
}

// variables yields what a text of Fn::Sub refers to.
func variables(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for {
			_, rest, found := strings.Cut(s, "${")
			if !found {
				return
			}
			id, after, _ := strings.Cut(rest, "}")
			if !strings.HasPrefix(id, "!") && !yield(id) {
				return
			}
			s = after
		}
	}
}

var place = regexp.MustCompile(`arn:aws|\b[0-9]{12}\b|\b[a-z]{2}-[a-z]+-[0-9]\b`)

// portability wants no literal partition, account or region but in what was
// given.
func portability(t *template) (f findings) {
	for _, r := range t.resources {
		for v := range nodes(r.properties) {
			switch v.(type) {
			case string, map[string]any:
				if m, _ := v.(map[string]any); m != nil {
					if _, _, ok := function(m); !ok {
						continue
					}
				}
				if s := text(v); place.MatchString(s) && place.MatchString(t.without(s)) {
					f.add("%s: %s holds for one partition, account or region", r.id, s)
				}
			}
		}
	}
	return f
}

// without is a text less the values that were given.
func (t *template) without(s string) string {
	for _, value := range t.values {
		for item := range strings.SplitSeq(value, ",") {
			if place.MatchString(item) {
				s = strings.ReplaceAll(s, item, "")
			}
		}
	}
	return s
}

func coreOutputs(t *template) findings {
	bucket := t.ours("ExistingBucketName", "${Bucket}")
	environment := t.ours("ExistingComputeEnvironmentArn", "${ComputeEnvironment}")
	execution := t.ours("ExistingExecutionRoleArn", "${ExecutionRole.Arn}")
	if t.values["ExistingJobQueueArn"] != "" {
		environment = ""
	}
	if t.values["ExistingExecutionRoleArn"] == "" && !(t.fargate() && t.has("ComputeEnvironment")) {
		execution = ""
	}
	return t.outputs(map[string]string{
		"DefaultDatastore": "s3", "DefaultMetadata": "local", "BucketName": bucket,
		"DatastoreSysrootS3":      "s3://" + bucket + "/" + t.values["DatastorePrefix"],
		"DatatoolsS3Root":         "s3://" + bucket + "/" + t.values["DatatoolsPrefix"],
		"BatchJobQueue":           t.ours("ExistingJobQueueArn", "${JobQueue}"),
		"EcsS3AccessIamRole":      t.ours("ExistingJobRoleArn", "${JobRole.Arn}"),
		"EcsFargateExecutionRole": execution,
		"ComputeEnvironmentArn":   environment,
	})
}

func hardeningOutputs(t *template) findings {
	bucket := ""
	if t.accessLogged() || t.flowLogged() {
		bucket = t.ours("ExistingLogBucketName", "${LogBucket}")
	}
	return t.outputs(map[string]string{"LogBucketName": bucket})
}

// outputs compares outputs with those that are wanted; "" is none.
func (t *template) outputs(all map[string]string) (f findings) {
	for id, want := range all {
		if got := text(at(t.doc, "Outputs."+id+".Value")); got != want {
			f.add("output %s is %q; wanted %q", id, got, want)
		}
	}
	return f
}

var secret = regexp.MustCompile(
	`(?i)password|secret|token|credential|access_?key|AKIA[0-9A-Z]{16}|-----BEGIN`)

func noSecrets(t *template) (f findings) {
	entries, _ := t.doc["Outputs"].(map[string]any)
	for id, output := range entries {
		if said := id + " " + text(at(output, "Value")); secret.MatchString(said) {
			f.add("output %s looks like a secret: %s", id, said)
		}
	}
	return f
}
