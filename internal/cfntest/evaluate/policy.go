package evaluate

import (
	"slices"
)

// withSnapshots lists the types that support the policy Snapshot, from the page "DeletionPolicy
// attribute" of the Template Reference. For other types Snapshot means Delete.
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
		return invalid("Template format error: Unrecognized DeletionPolicy %s for resource %s",
			d.policy, id)
	}
	return nil
}

// Adopt sets the policies of a resource to those of its definition, or the defaults of its type.
func (r *Resource) Adopt(d Definition) {
	r.DeletionPolicy = supported(r.Type, d.policy)
	r.UpdateReplacePolicy = supported(r.Type, d.replacePolicy)
	if r.DeletionPolicy == "" {
		r.DeletionPolicy = r.defaultPolicy()
	}
	if r.UpdateReplacePolicy == "" {
		r.UpdateReplacePolicy = "Delete"
	}
}

// supported returns the policy that holds for a type when the template states one.
func supported(typ, policy string) string {
	if policy == "Snapshot" && !slices.Contains(withSnapshots, typ) {
		return "Delete"
	}
	return policy
}

// defaultPolicy returns the DeletionPolicy that holds when the template states none.
func (r *Resource) defaultPolicy() string {
	inCluster := Text(r.Properties["DBClusterIdentifier"]) != ""
	if r.Type == "AWS::RDS::DBCluster" || r.Type == "AWS::RDS::DBInstance" && !inCluster {
		return "Snapshot"
	}
	return "Delete"
}
