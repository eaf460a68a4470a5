package evaluate

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
func (d Definition) checkPolicies(id string) *Error {
	known := []string{"", "Delete", "Retain", "Snapshot"}
	if !slices.Contains(known, d.replacePolicy) {
		return invalid("Template format error: Unrecognized UpdateReplacePolicy %s for resource %s",
			d.replacePolicy, id)
	}
	if !slices.Contains(append(known, "RetainExceptOnCreate"), d.policy) {
		return invalid("Template format error: Unrecognized DeletionPolicy %s for resource %s", d.policy,
			id)
	}
	return nil
}

// Adopt gives a resource the policies of its definition, or the defaults of its type.
func (r *Resource) Adopt(d Definition) {
	r.DeletionPolicy, r.UpdateReplacePolicy = supported(r.Type, d.policy), supported(r.Type,
		d.replacePolicy)
	if r.DeletionPolicy == "" {
		r.DeletionPolicy = r.defaultPolicy()
	}
	if r.UpdateReplacePolicy == "" {
		r.UpdateReplacePolicy = "Delete"
	}
}

func supported(typ, policy string) string {
	if policy == "Snapshot" && !slices.Contains(withSnapshots, typ) {
		return "Delete"
	}
	return policy
}

// defaultPolicy is the DeletionPolicy that holds when the template states none.
func (r *Resource) defaultPolicy() string {
	inCluster := Text(r.Properties["DBClusterIdentifier"]) != ""
	if r.Type == "AWS::RDS::DBCluster" || r.Type == "AWS::RDS::DBInstance" && !inCluster {
		return "Snapshot"
	}
	return "Delete"
}
