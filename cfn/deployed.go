package cfn

import "slices"

// Deployed is what ReadDeployed understands of a template that anybody has
// deployed, by whatever tool.
type Deployed struct {
	Description string
	Parameters  []DeployedParameter // in the order of the template
	Resources   []DeployedResource  // in the order of the template

	// Transformed reports that the stack may have other resources, with other
	// policies, than those listed here: the template has a Transform (macros,
	// SAM, language extensions), includes text by Fn::Transform, repeats
	// resources by Fn::ForEach, or uses a module. Callers then cannot tell.
	Transformed bool
}

// DeployedParameter is a parameter of a deployed template.
type DeployedParameter struct {
	Name    string
	Default *string // nil where the parameter has none
	NoEcho  bool    // its value is secret
}

// DeployedResource is a resource of a deployed template. Attributes that are not
// set are empty; those that a function yields are Computed.
type DeployedResource struct {
	LogicalID, Type                     string
	DeletionPolicy, UpdateReplacePolicy string
	Condition                           string

	cluster string // DBClusterIdentifier of an AWS::RDS::DBInstance
}

// Computed stands for a value that the template gives by a function.
const Computed = "(computed)"

// Disposition says what an operation on a stack does to a resource.
type Disposition int

// The dispositions. The zero value is the one that promises nothing.
const (
	Unknown  Disposition = iota // the template alone does not tell
	Deleted                     // deleted with all that it holds
	Snapshot                    // deleted after CloudFormation has taken a snapshot
	Kept                        // left in the account, outside of the stack
)

// String returns the disposition in plain words.
func (d Disposition) String() string {
	switch d {
	case Deleted:
		return "deleted"
	case Snapshot:
		return "deleted after a snapshot"
	case Kept:
		return "kept"
	}
	return "unknown"
}

// The values of DeletionPolicy. UpdateReplacePolicy takes all of them but
// RetainExceptOnCreate: CloudFormation's linter allows Delete, Retain and
// Snapshot there, and the CDK writes Retain beside RetainExceptOnCreate
// (cfn-lint E3036, aws/aws-cdk#26602).
const (
	policyDelete         = "Delete"
	policyRetain         = "Retain"
	policyRetainInUse    = "RetainExceptOnCreate"
	policySnapshot       = "Snapshot"
	typeDBCluster        = "AWS::RDS::DBCluster"
	typeDBInstance       = "AWS::RDS::DBInstance"
	typeDocumentDatabase = "AWS::DocDB::DBCluster"
)

// snapshotTypes are the types whose DeletionPolicy may be Snapshot.
// aws-attribute-deletionpolicy.html
var snapshotTypes = []string{
	typeDocumentDatabase, "AWS::EC2::Volume", "AWS::ElastiCache::CacheCluster",
	"AWS::ElastiCache::ReplicationGroup", "AWS::Neptune::DBCluster", typeDBCluster, typeDBInstance,
	"AWS::Redshift::Cluster",
}

// WhenStackDeleted returns what becomes of the resource when its stack is
// deleted: what its DeletionPolicy says. The resources of a nested stack that is
// deleted follow their own policies.
// aws-attribute-deletionpolicy.html
func (r DeployedResource) WhenStackDeleted() Disposition {
	switch r.deletionPolicy() {
	case policyDelete:
		return Deleted
	case policyRetain, policyRetainInUse:
		return Kept
	case policySnapshot:
		if slices.Contains(snapshotTypes, r.Type) {
			return Snapshot
		}
	}
	return Unknown
}

// WhenRemoved returns what becomes of the resource when an update removes it from
// the template. "This capability also applies to stack update operations that
// lead to resources being deleted from stacks", says the page of DeletionPolicy.
func (r DeployedResource) WhenRemoved() Disposition { return r.WhenStackDeleted() }

// WhenReplaced returns what becomes of the old resource when an update replaces
// it: what its UpdateReplacePolicy says. Unset it is Delete, for databases too,
// as is a Snapshot of a type that does not support it. Unlike DeletionPolicy, it
// does not list AWS::DocDB::DBCluster.
// aws-attribute-updatereplacepolicy.html
func (r DeployedResource) WhenReplaced() Disposition {
	switch r.UpdateReplacePolicy {
	case "", policyDelete:
		return Deleted
	case policyRetain:
		return Kept
	case policySnapshot:
		switch {
		case r.Type == "" || r.Type == Computed:
			return Unknown
		case r.Type != typeDocumentDatabase && slices.Contains(snapshotTypes, r.Type):
			return Snapshot
		}
		return Deleted
	}
	return Unknown
}

// WhenCreationRolledBack returns what becomes of the resource when the operation
// that creates it fails and is rolled back. Retain keeps it there too;
// RetainExceptOnCreate does not: "If the stack operation that created the
// resource is rolled back, CloudFormation deletes the resource", says the page of
// DeletionPolicy. An operation started with the option RetainExceptOnCreate
// treats every Retain like that, which the template does not show.
func (r DeployedResource) WhenCreationRolledBack() Disposition {
	if r.DeletionPolicy == policyRetainInUse {
		return Deleted
	}
	return r.WhenStackDeleted()
}

// deletionPolicy returns the policy as it is set, else the default of the type.
// "The default policy is Snapshot for AWS::RDS::DBCluster resources and for
// AWS::RDS::DBInstance resources that don't specify the DBClusterIdentifier
// property", says the page of DeletionPolicy; else it is Delete.
func (r DeployedResource) deletionPolicy() string {
	switch {
	case r.DeletionPolicy != "":
		return r.DeletionPolicy
	case r.Type == "" || r.Type == Computed:
		return Computed
	case r.Type == typeDBInstance && r.cluster == Computed:
		return Computed
	case r.Type == typeDBCluster, r.Type == typeDBInstance && r.cluster == "":
		return policySnapshot
	}
	return policyDelete
}
