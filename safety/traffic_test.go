package safety

import (
	"slices"
	"strings"
)

// traffic are the rules of the security groups in one direction, Ingress or
// Egress, whether they stand in the group or alone.
func traffic(t *template, direction string) []string {
	var out []string
	rule := func(group string, v any) {
		said := []string{group}
		for _, key := range []string{
			"IpProtocol", "FromPort", "ToPort", "CidrIp", "CidrIpv6", "SourceSecurityGroupId",
			"DestinationSecurityGroupId", "SourcePrefixListId", "DestinationPrefixListId",
		} {
			if s := text(at(v, key)); s != "" {
				said = append(said, s)
			}
		}
		out = append(out, strings.Join(said, " "))
	}
	for r := range t.of("AWS::EC2::SecurityGroup") {
		for _, v := range list(r.at("SecurityGroup" + direction)) {
			rule("${"+r.id+".GroupId}", v)
		}
	}
	for r := range t.of("AWS::EC2::SecurityGroup" + direction) {
		rule(r.text("GroupId"), r.properties)
	}
	return out
}

const (
	self = "${SecurityGroup.GroupId} -1 ${SecurityGroup.GroupId}"
	jobs = "${EndpointSecurityGroup.GroupId} tcp 443 443 " // and their security group
)

func ingress(t *template) findings {
	var want []string
	if t.has("SecurityGroup") {
		want = append(want, self)
	}
	if t.has("EndpointSecurityGroup") {
		want = append(want, jobs+t.values["ExistingSecurityGroupId"])
	}
	want = append(want, serviceTraffic(t, "Ingress")...)
	return same("traffic in", traffic(t, "Ingress"), want)
}

func egress(t *template) findings {
	var want []string
	if t.has("SecurityGroup") {
		for _, name := range []string{"EgressPort1", "EgressPort2"} {
			if port := t.values[name]; port != "0" {
				want = append(want, "${SecurityGroup.GroupId} tcp "+port+" "+port+" 0.0.0.0/0")
			}
		}
		if len(want) == 0 {
			want = append(want, "${SecurityGroup.GroupId} -1 0.0.0.0/0")
		} else {
			want = append(want, self)
		}
	}
	if t.has("EndpointSecurityGroup") {
		want = append(want, jobs+t.values["ExistingSecurityGroupId"])
	}
	want = append(want, serviceTraffic(t, "Egress")...)
	return same("traffic out", traffic(t, "Egress"), want)
}

func described(t *template) (f findings) {
	for r := range t.of("AWS::EC2::SecurityGroup") {
		rules := slices.Concat(list(r.at("SecurityGroupIngress")), list(r.at("SecurityGroupEgress")))
		for _, v := range rules {
			if text(at(v, "Description")) == "" {
				f.add("%s: a rule does not say what it is for", r.id)
			}
		}
		if r.text("GroupDescription") == "" {
			f.add("%s: does not say what it is for", r.id)
		}
	}
	for r := range t.of("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress") {
		if r.text("Description") == "" {
			f.add("%s: does not say what it is for", r.id)
		}
	}
	return f
}

// ordered wants what CloudFormation cannot see from references: public parts
// only while the gateway is attached, instances only when routes lead out.
func ordered(t *template) (f findings) {
	want := map[string][]string{}
	compute := "ComputeEnvironment"
	if t.has("GatewayAttachment") {
		for _, id := range []string{"PublicRoute", "PublicSubnet1", "PublicSubnet2",
			"Eip", "Eip2", "NatGateway", "NatGateway2"} {
			want[id] = []string{"GatewayAttachment"}
		}
		if t.values["ComputeSubnets"] != "private" {
			want[compute] = []string{"GatewayAttachment"}
		}
	}
	starts := t.values["MinvCpus"] != "0" || t.values["DesiredvCpus"] != "0"
	if starts && !t.fargate() {
		for r := range t.of("AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation") {
			want[compute] = append(want[compute], r.id)
		}
	}
	for _, r := range t.resources {
		before := texts(r.raw["DependsOn"])
		for _, id := range want[r.id] {
			if !slices.Contains(before, id) {
				f.add("%s: does not wait for %s", r.id, id)
			}
		}
	}
	return f
}
