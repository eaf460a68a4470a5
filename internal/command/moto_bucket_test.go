package command

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// testEmptyBucket deletes a stack and then its bucket, which has two versions of an object, a
// marker of a deleted one, and an upload that is not complete.
func (m *moto) testEmptyBucket(t *testing.T) {
	m.reset(t)
	m.deploy(t, m.givenQueue(t)) // moto does not delete the network of a stack in its order
	name := aws.String(m.outputs(t, "metaflow")["BucketName"])
	ask(t, m.s3.PutBucketVersioning, &s3.PutBucketVersioningInput{ // which moto has not done
		Bucket: name, VersioningConfiguration: &types.VersioningConfiguration{
			Status: types.BucketVersioningStatusEnabled}})
	for _, key := range []string{"flows/a", "flows/a", "flows/b"} {
		ask(t, m.s3.PutObject, &s3.PutObjectInput{
			Bucket: name, Key: aws.String(key), Body: strings.NewReader("data")})
	}
	ask(t, m.s3.DeleteObject, &s3.DeleteObjectInput{Bucket: name, Key: aws.String("flows/b")})
	ask(t, m.s3.CreateMultipartUpload, &s3.CreateMultipartUploadInput{
		Bucket: name, Key: aws.String("flows/c")})
	_, said, code := m.exit(t, m.program, "delete", "metaflow", "--yes", "--empty-bucket", *name)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, said)
	}
	for _, want := range []string{
		"the bucket " + *name + " is deleted with its contents (1 object and 3 older versions, 12 bytes)",
		"the bucket " + *name + ": 4 objects and versions are deleted",
		"the bucket " + *name + " is deleted\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in:\n%s", want, said)
		}
	}
	for _, b := range ask(t, m.s3.ListBuckets, &s3.ListBucketsInput{}).Buckets {
		if *b.Name == *name {
			t.Errorf("the bucket %s is left", *name)
		}
	}
}
