package cfn_test

import (
	"fmt"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// dispositions are what becomes of a resource in each case.
type dispositions struct{ Deleted, Replaced, RolledBack cfn.Disposition }

func dispositionsOf(r cfn.DeployedResource) dispositions {
	return dispositions{r.WhenStackDeleted(), r.WhenReplaced(), r.WhenCreationRolledBack()}
}

// TestDispositions reads one resource in each row, in YAML.
func TestDispositions(t *testing.T) {
	const unknown, deleted, snapshot, kept = cfn.Unknown, cfn.Deleted, cfn.Snapshot, cfn.Kept
	const instance = "Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: "
	for _, test := range []struct {
		name, resource string
		want           dispositions
	}{
		{"no policy", "Type: AWS::S3::Bucket", dispositions{deleted, deleted, deleted}},
		{"Delete", "Type: AWS::S3::Bucket, DeletionPolicy: Delete, UpdateReplacePolicy: Delete",
			dispositions{deleted, deleted, deleted}},
		{"Retain", "Type: AWS::S3::Bucket, DeletionPolicy: Retain, UpdateReplacePolicy: Retain",
			dispositions{kept, kept, kept}},
		{"only DeletionPolicy", "Type: AWS::S3::Bucket, DeletionPolicy: Retain",
			dispositions{kept, deleted, kept}},
		{"only UpdateReplacePolicy", "Type: AWS::S3::Bucket, UpdateReplacePolicy: 'Retain'",
			dispositions{deleted, kept, deleted}},
		{"RetainExceptOnCreate", "Type: AWS::S3::Bucket, DeletionPolicy: RetainExceptOnCreate",
			dispositions{kept, deleted, deleted}},
		{"RetainExceptOnCreate where it is not a value",
			"Type: AWS::S3::Bucket, UpdateReplacePolicy: RetainExceptOnCreate",
			dispositions{deleted, unknown, deleted}},
		{"Snapshot", "Type: AWS::EC2::Volume, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot",
			dispositions{snapshot, snapshot, snapshot}},
		{"Snapshot in one list only",
			"Type: AWS::DocDB::DBCluster, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot",
			dispositions{snapshot, deleted, snapshot}},
		{"Snapshot of what has none",
			"Type: AWS::S3::Bucket, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot",
			dispositions{unknown, deleted, unknown}},
		{"another word", "Type: AWS::S3::Bucket, DeletionPolicy: retain, UpdateReplacePolicy: Keep",
			dispositions{unknown, unknown, unknown}},
		{"a number", "Type: AWS::S3::Bucket, DeletionPolicy: 1", dispositions{unknown, deleted, unknown}},
		{"functions",
			"Type: AWS::S3::Bucket, DeletionPolicy: !If [A, Retain, Delete], UpdateReplacePolicy: !Ref P",
			dispositions{unknown, unknown, unknown}},
		{"functions in long form",
			"Type: A, DeletionPolicy: {'Fn::If': [A, Retain, Delete]}, UpdateReplacePolicy: {Ref: P}",
			dispositions{unknown, unknown, unknown}},
		{"a function that holds a literal", "Type: AWS::S3::Bucket, DeletionPolicy: !Sub Retain",
			dispositions{unknown, deleted, unknown}},
		{"type by a function", "Type: !Ref P", dispositions{unknown, deleted, unknown}},
		{"Snapshot of a type by a function", "Type: !Ref P, UpdateReplacePolicy: Snapshot",
			dispositions{unknown, unknown, unknown}},
		{"no type", "Condition: A", dispositions{unknown, deleted, unknown}},
		{"type of another's", "Type: Custom::Thing", dispositions{deleted, deleted, deleted}},
		{"database cluster", "Type: AWS::RDS::DBCluster", dispositions{snapshot, deleted, snapshot}},
		{"database cluster of DocumentDB",
			"Type: AWS::DocDB::DBCluster", dispositions{deleted, deleted, deleted}},
		{"database cluster to delete", "Type: AWS::RDS::DBCluster, DeletionPolicy: Delete",
			dispositions{deleted, deleted, deleted}},
		{"database", "Type: AWS::RDS::DBInstance", dispositions{snapshot, deleted, snapshot}},
		{"database without properties", "Type: AWS::RDS::DBInstance, Properties: ",
			dispositions{snapshot, deleted, snapshot}},
		{"database of no cluster",
			instance + "!Ref 'AWS::NoValue'}", dispositions{snapshot, deleted, snapshot}},
		{"database of an empty cluster", instance + "''}", dispositions{snapshot, deleted, snapshot}},
		{"database of a named cluster", instance + "main}", dispositions{deleted, deleted, deleted}},
		{"database of a cluster of the stack",
			instance + "!Ref Cluster}", dispositions{deleted, deleted, deleted}},
		{"database of a cluster in long form",
			instance + "{Ref: Cluster}}", dispositions{deleted, deleted, deleted}},
		{"database of a cluster by its attribute",
			instance + "!GetAtt Cluster.Id}", dispositions{deleted, deleted, deleted}},
		{"database of a cluster of another stack", instance + "{'Fn::ImportValue': cluster}}",
			dispositions{deleted, deleted, deleted}},
		{"database of a parameter's cluster",
			instance + "!Ref P}", dispositions{unknown, deleted, unknown}},
		{"database of a chosen cluster", instance + "!If [A, !Ref Cluster, !Ref 'AWS::NoValue']}",
			dispositions{unknown, deleted, unknown}},
		{"database with included properties",
			"Type: AWS::RDS::DBInstance, Properties: {'Fn::Transform': {Name: AWS::Include}}",
			dispositions{unknown, deleted, unknown}},
		{"database with included properties in short form",
			"Type: AWS::RDS::DBInstance, Properties: !Transform {Name: AWS::Include}",
			dispositions{unknown, deleted, unknown}},
		{"database by a policy",
			instance + "!Ref P}, DeletionPolicy: Retain", dispositions{kept, deleted, kept}},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := "Parameters: {P: {Type: String}}\nResources: {Ref: {" + test.resource + "}}\n"
			d, err := cfn.ReadDeployed([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			r := d.Resources[0]
			if got := dispositionsOf(r); got != test.want {
				t.Errorf("deleted, replaced, rolled back: got %v, want %v", got, test.want)
			}
			if r.WhenRemoved() != r.WhenStackDeleted() {
				t.Errorf("removed: %v, deleted with its stack: %v", r.WhenRemoved(), r.WhenStackDeleted())
			}
			if d.Transformed {
				t.Error("the template is said to be transformed")
			}
		})
	}
}

func TestDispositionStrings(t *testing.T) {
	got := fmt.Sprint(cfn.Unknown, cfn.Deleted, cfn.Snapshot, cfn.Kept)
	if want := "unknown deleted deleted after a snapshot kept"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
