package cfntest

import (
	"slices"
)

// withSnapshots lists the types whose deletion can leave a snapshot behind, from the
// DeletionPolicy page of the Template Reference. For any other type Snapshot means Delete.
var withSnapshots = []string{
	"AWS::DocDB::DBCluster", "AWS::EC2::Volume", "AWS::ElastiCache::CacheCluster",
	"AWS::ElastiCache::ReplicationGroup", "AWS::Neptune::DBCluster", "AWS::RDS::DBCluster",
	"AWS::RDS::DBInstance", "AWS::Redshift::Cluster",
}

// checkPolicies refuses a DeletionPolicy or UpdateReplacePolicy that does not exist.
func (d definition) checkPolicies(id string) *apiError {
	known := []string{"", "Delete", "Retain", "Snapshot"}
	if !slices.Contains(known, d.replacePolicy) {
		return invalid("Template format error: Unrecognized UpdateReplacePolicy %s for resource %s", d.replacePolicy, id)
	}
	if !slices.Contains(append(known, "RetainExceptOnCreate"), d.policy) {
		return invalid("Template format error: Unrecognized DeletionPolicy %s for resource %s", d.policy, id)
	}
	return nil
}

// adopt gives a resource the policies of its definition, or the defaults of its type.
func (r *resource) adopt(d definition) {
	r.policy, r.replacePolicy = supported(r.typ, d.policy), supported(r.typ, d.replacePolicy)
	if r.policy == "" {
		r.policy = r.defaultPolicy()
	}
	if r.replacePolicy == "" {
		r.replacePolicy = "Delete"
	}
}

func supported(typ, policy string) string {
	if policy == "Snapshot" && !slices.Contains(withSnapshots, typ) {
		return "Delete"
	}
	return policy
}

// defaultPolicy is the DeletionPolicy that holds when the template states none.
func (r *resource) defaultPolicy() string {
	inCluster := textOf(r.props["DBClusterIdentifier"]) != ""
	if r.typ == "AWS::RDS::DBCluster" || r.typ == "AWS::RDS::DBInstance" && !inCluster {
		return "Snapshot"
	}
	return "Delete"
}
