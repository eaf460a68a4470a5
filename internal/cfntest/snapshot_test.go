package cfntest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// databases has types whose default is not Delete, and Snapshot on a type that does not support it.
const databases = `
Parameters:
  User: {Type: String, Default: a}
Resources:
  Alone: {Type: "AWS::RDS::DBInstance", Properties: {MasterUsername: !Ref User}}
  Cluster: {Type: "AWS::RDS::DBCluster", Properties: {DatabaseName: !Ref User}}
  Member: {Type: "AWS::RDS::DBInstance", Properties: {DBClusterIdentifier: !Ref Cluster}}
  Brief: {Type: "AWS::RDS::DBInstance", DeletionPolicy: Delete}
  Bucket: {Type: "AWS::S3::Bucket", DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot}
  Volume:
    {Type: "AWS::EC2::Volume", DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot}
`

func snapshots(w *fixture) string {
	var ids []string
	for _, r := range w.srv.Snapshots() {
		ids = append(ids, r.LogicalID)
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

func TestSnapshotsAndDefaultPolicies(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", databases)
		w.must(w.update("demo", databases, "User=b"))
		w.settle("demo")
		if got := snapshots(w); got != "" { // UpdateReplacePolicy is unset: Delete
			t.Errorf("replaced: snapshots of %q", got)
		}
		out := w.changeSet("demo", "one", "UPDATE", `{"Resources": {"New": {"Type": "T"}}}`)
		w.expect(changes(out), `
			Add New   []
			Remove Alone  Snapshot []
			Remove Brief  Delete []
			Remove Bucket  Delete []
			Remove Cluster  Snapshot []
			Remove Member  Delete []
			Remove Volume  Snapshot []`)
		w.delete("demo")
		if got := snapshots(w); got != "Alone Cluster Volume" {
			t.Errorf("deleted: snapshots of %q", got)
		}
		if len(w.srv.Retained()) != 0 {
			t.Errorf("%q is retained", retained(w))
		}
	})
}

func TestSnapshotOnReplacement(t *testing.T) {
	body := strings.Replace(databases, "Alone: {", "Alone: {UpdateReplacePolicy: Snapshot, ", 1)
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", body)
		w.must(w.update("demo", body, "User=b"))
		w.settle("demo")
		if got := snapshots(w); got != "Alone" {
			t.Errorf("snapshots of %q", got)
		}
	})
}

// TestPoliciesWhenAnUpdateFails adds resources in an update that fails.
func TestPoliciesWhenAnUpdateFails(t *testing.T) {
	const before = `{"Resources": {"Last": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": ` +
		`"10.0.0.0/16"}}}}`
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", before)
		w.srv.FailUpdate("Last", "no")
		w.must(w.update("demo", policies))
		w.settle("demo")
		w.status("demo", "UPDATE_ROLLBACK_COMPLETE")
		if got := retained(w); got != "Kept" { // Data: RetainExceptOnCreate
			t.Errorf("%q is retained", got)
		}
	})
	bubble(t, cfntest.Options{}, func(w *fixture) { // a replacement is deleted, whatever its policy
		w.create("demo", policies)
		w.srv.FailUpdate("Last", "no")
		w.must(w.update("demo", strings.Replace(policies, `"AWS::EC2::VPC",`,
			`"AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16},`, 1), "Zone=b"))
		w.settle("demo")
		w.status("demo", "UPDATE_ROLLBACK_COMPLETE")
		if got := retained(w); got != "" {
			t.Errorf("%q is retained", got)
		}
	})
}

func TestUnknownPoliciesAreRefused(t *testing.T) {
	for policy, want := range map[string]string{
		`"DeletionPolicy": "Keep"`: "Unrecognized DeletionPolicy Keep",
		`"UpdateReplacePolicy": "RetainExceptOnCreate"`: "Unrecognized UpdateReplacePolicy " +
			"RetainExceptOnCreate",
	} {
		bubble(t, cfntest.Options{}, func(w *fixture) {
			err := w.tryCreate("demo", one(`{"Type": "T", `+policy+`}`))
			w.refused(err, "ValidationError", want)
		})
	}
}
