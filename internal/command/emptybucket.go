package command

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/bucket"
)

// bucketActions are what --empty-bucket needs on the bucket and its objects.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
const bucketActions = "s3:ListBucketVersions, s3:DeleteObject, s3:DeleteObjectVersion, " +
	"s3:ListBucketMultipartUploads, s3:AbortMultipartUpload and s3:DeleteBucket"

// validBucket follows the naming rules of Amazon S3.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
func validBucket(name string) bool {
	return regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`).MatchString(name)
}

// ownBucket refuses --empty-bucket for a bucket that the stack has not created.
func (d *deleteCmd) ownBucket(s *session, resources []deploy.Event) error {
	if d.bucket == "" {
		return nil
	}
	var own []string
	for _, r := range resources {
		if r.Type == bucketType {
			own = append(own, r.PhysicalID)
		}
	}
	if slices.Contains(own, d.bucket) {
		return nil
	}
	next := s.stack.Name + " has created no bucket"
	if len(own) > 0 {
		next = "Its own: --empty-bucket " + own[0]
	}
	return &exitError{exitUsage, fmt.Errorf(
		"--empty-bucket: %s is not a bucket that the stack %s has created; nothing was deleted",
		d.bucket, s.stack.Name), next}
}

// agreeToEmpty asks before the bucket of a stack that was deleted before is emptied. The tag that
// CloudFormation put on the bucket says which stack created it.
func (d *deleteCmd) agreeToEmpty(ctx context.Context, s *session, name string) error {
	client := bucket.New(s.config)
	creator, err := client.Stack(ctx, d.bucket)
	switch {
	case errors.Is(err, bucket.ErrNoBucket):
		d.Printf("the bucket %s does not exist: nothing to empty", d.bucket)
		d.bucket = ""
		return nil
	case err != nil:
		return &exitError{exitUnknown, fmt.Errorf("--empty-bucket: %w; nothing was deleted", err),
			"Allow s3:GetBucketTagging: the tags say which stack has created the bucket"}
	case creator != name:
		return &exitError{exitRefused, fmt.Errorf("--empty-bucket: the tags of %s do not say that "+
			"the stack %s has created it; nothing was deleted", d.bucket, name),
			"See them: aws s3api get-bucket-tagging --bucket " + d.bucket}
	}
	if !d.ignoreCompanions {
		found, err := d.companions(ctx, s, []deploy.Event{{
			LogicalID: "the bucket", PhysicalID: d.bucket}})
		if err := errors.Join(err, refuseCompanions(d.bucket, found)); err != nil {
			return err
		}
	}
	d.measured(ctx, client, "")
	if !d.yes && !d.confirm(ctx, fmt.Sprintf("Delete the bucket %s and all of its contents in %s?",
		d.bucket, s)) {
		return declined(ctx, "nothing was deleted")
	}
	return nil
}

// measured says what the bucket to empty has.
func (d *deleteCmd) measured(ctx context.Context, client *bucket.Client, after string) {
	d.Printf("the bucket %s is deleted with its contents%s%s", d.bucket,
		measure(ctx, client, d.bucket), after)
}

// measure returns the contents of a bucket in parentheses, or nothing where they cannot be read.
func measure(ctx context.Context, client *bucket.Client, name string) string {
	ctx, cancel := context.WithTimeout(ctx, batchLimit)
	defer cancel()
	contents, err := client.Measure(ctx, name)
	if err != nil {
		return ""
	}
	return " (" + contents.String() + ")"
}

// emptyBucket deletes the bucket that --empty-bucket names, after the stack is deleted: as long
// as the stack can still fail to go, its data stays.
func (d *deleteCmd) emptyBucket(ctx context.Context, s *session, o deploy.Outcome) error {
	switch {
	case d.bucket == "":
		return nil
	case o.Result != deploy.Succeeded:
		d.Printf("the bucket %s is not emptied: the stack is not deleted", d.bucket)
		return nil
	}
	err := bucket.New(s.config).Remove(ctx, d.bucket, func(deleted int) {
		d.Printf("the bucket %s: %d objects and versions are deleted", d.bucket, deleted)
	})
	if err == nil {
		d.emptied = d.bucket
		d.Printf("the bucket %s is deleted", d.bucket)
		return nil
	}
	return &exitError{exitUnknown, fmt.Errorf("--empty-bucket: %w", err),
		"Go on: " + d.commandLine("delete", s.stack.Name) + " --empty-bucket " + d.bucket +
			"   It needs " + bucketActions}
}
