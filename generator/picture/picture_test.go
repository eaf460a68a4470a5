package picture

import (
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/hardening"
)

// TestEdges draws components and looks for edges: label, or "no" where there must be none.
func TestEdges(t *testing.T) {
	const vpc = "vpc-0123456789abcdef0"
	private := generator.Values{"ExistingVpcId": vpc, "ExistingPrivateSubnet1Id": "subnet-0123456789abcdef0",
		"ExistingPrivateSubnet2Id": "subnet-0123456789abcdef1"}
	bucket := generator.Values{"ExistingBucketName": "amazonaws"}
	for _, row := range []struct {
		component *generator.Component
		values    generator.Values
		from, to  string
		label     string
	}{
		{core.Component, nil, "PrivateSubnet1", "PrivateRouteTable", ""},
		{core.Component, nil, "PrivateRouteTable", "NatGateway", "0.0.0.0/0"},
		{core.Component, nil, "PrivateRouteTable", "S3GatewayEndpoint", ""}, // against the reference
		{core.Component, nil, "SecurityGroup", "Vpc", "no"},                 // the frame says it
		{core.Component, nil, "JobRole", "Bucket", "may use"},
		{core.Component, nil, "Bucket", "JobRole", "no"},
		{core.Component, private, "ComputeEnvironment", "PrivateSubnet2", "in"},     // by its physical name
		{core.Component, bucket, "JobRole", "Bucket", "may use"},                    // inside an ARN
		{core.Component, bucket, "S3GatewayEndpoint", "Bucket", "no"},               // com.amazonaws is not the bucket
		{core.Component, bucket, "ComputeEnvironment", "PrivateSubnet1", "in"},      // created
		{core.Component, private, "ComputeEnvironment", "ComputeEnvironment", "no"}, // not to itself
		{hardening.Component, generator.Values{"ExistingVpcId": vpc}, "FlowLog", "LogBucket", "writes to"},
		{hardening.Component, generator.Values{"ExistingVpcId": vpc}, "FlowLog", "Vpc", ""},
	} {
		p, err := Of(row.component, row.values)
		if err != nil {
			t.Fatal(err)
		}
		found := "no"
		for _, e := range p.Edges {
			if e.From == row.from && e.To == row.to {
				found = e.Label
			}
		}
		if found != row.label {
			t.Errorf("%s %v: the edge from %s to %s is %q, wanted %q",
				row.component.Name, row.values, row.from, row.to, found, row.label)
		}
	}
}

// TestGroups looks where nodes stand: in a zone, in the VPC, or outside.
func TestGroups(t *testing.T) {
	queue := generator.Values{
		"ExistingJobQueueArn": "arn:aws:batch:us-east-1:123456789012:job-queue/metaflow"}
	for _, row := range []struct {
		values generator.Values
		id, in string
	}{
		{nil, "PrivateSubnet2", "Zone2"}, {nil, "Zone2", "Vpc"}, {nil, "NatGateway", "Vpc"}, {nil, "Bucket", ""},
		{queue, "JobQueue", ""},
		{generator.Values{"ExistingVpcId": "vpc-0123456789abcdef0",
			"ExistingPublicSubnet1Id": "subnet-0123456789abcdef0"}, "PublicSubnet1", "Vpc"}, // its zone is not known
	} {
		p, err := Of(core.Component, row.values)
		if err != nil {
			t.Fatal(err)
		}
		in := "not in the picture"
		for _, n := range p.Nodes {
			if n.ID == row.id {
				in = n.In
			}
		}
		for _, g := range p.Groups {
			if g.ID == row.id {
				in = g.In
			}
		}
		if in != row.in {
			t.Errorf("%v: %s stands in %q, wanted %q", row.values, row.id, in, row.in)
		}
	}
}

// TestZones takes the zone of a subnet from its property, by number or by name.
func TestZones(t *testing.T) {
	d := &drawer{picture: &Picture{}}
	second := map[string]any{"Fn::Select": []any{"1", map[string]any{"Fn::GetAZs": ""}}}
	for _, v := range []any{second, "us-east-1a", second, nil, map[string]any{"Ref": "Zone"}} {
		d.zone(v)
	}
	wanted := []Group{{ID: "Zone2", Label: "Zone 2"}, {ID: "Zone_us_east_1a", Label: "Zone us-east-1a"}}
	if !slices.Equal(d.picture.Groups, wanted) {
		t.Errorf("the groups are %v, wanted %v", d.picture.Groups, wanted)
	}
}

// TestWords reads logical IDs.
func TestWords(t *testing.T) {
	for id, wanted := range map[string]string{
		"PrivateSubnet1": "Private subnet 1", "Vpc": "VPC", "S3GatewayEndpoint": "S3 gateway endpoint",
		"NatGateway2": "NAT gateway 2", "Eip": "Elastic IP address",
	} {
		if found := words(id); found != wanted {
			t.Errorf("%s is %q, wanted %q", id, found, wanted)
		}
	}
}

// TestNames finds a name in a text, not a part of a longer name.
func TestNames(t *testing.T) {
	for text, wanted := range map[string]bool{
		"data": true, "arn:aws:s3:::data/*": true, "data-2": false, "my-data": false, "data-2,data": true, "dat": false,
	} {
		if containsName(text, "data") != wanted {
			t.Errorf("data stands in %q: wanted %t", text, wanted)
		}
	}
}

// TestMermaidEscapes draws texts with characters of the grammar.
func TestMermaidEscapes(t *testing.T) {
	p := &Picture{Nodes: []Node{{ID: "A", Label: `a "b" <c> #1 & d`, Detail: "x", Reused: true}},
		Edges: []Edge{{From: "A", To: "A", Label: `"|"`}}}
	text := string(p.Mermaid())
	for _, wanted := range []string{
		`A["a #quot;b#quot; #lt;c#gt; #35;1 #amp; d<br/>reused: x"]`, `A -->|"#quot;|#quot;"| A`, "class A reused",
	} {
		if !strings.Contains(text, wanted) {
			t.Errorf("no %s in\n%s", wanted, text)
		}
	}
}

// TestRefusedValues returns the error of a rule, not a picture.
func TestRefusedValues(t *testing.T) {
	values := generator.Values{"ExistingPrivateSubnet1Id": "subnet-0123456789abcdef0"}
	if p, err := Of(core.Component, values); err == nil {
		t.Errorf("values that a rule refuses give %v", p)
	}
	if _, err := Of(&generator.Component{Build: func(b *generator.Builder) {
		b.Resources = append(b.Resources, cfn.Resource{ID: "A", Type: "T", Condition: "Unknown"})
	}}, nil); err == nil {
		t.Error("a template with a mistake gives no error")
	}
}
