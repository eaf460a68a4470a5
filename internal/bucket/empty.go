package bucket

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// rounds bounds how often Remove begins again while somebody else writes to the bucket.
const rounds = 3

// Remove deletes each version of each object of a bucket, aborts the uploads that are not
// complete, and deletes the bucket. tell gets the number of versions that are deleted so far,
// after each call. A bucket that does not exist is not an error: it may have been deleted by an
// earlier attempt.
func (c *Client) Remove(ctx context.Context, bucket string, tell func(deleted int)) error {
	deleted := 0
	var err error
	for range rounds {
		if err = c.empty(ctx, bucket, func(n int) { deleted += n; tell(deleted) }); err != nil {
			break
		}
		_, err = c.api.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &bucket})
		if err == nil {
			return nil
		}
		if err = named("delete", bucket, err); !hasCode(err, "BucketNotEmpty") {
			break
		}
	}
	if errors.Is(err, ErrNoBucket) {
		return nil
	}
	return err
}

// empty deletes the versions and aborts the uploads. Each list begins again,
// because what was on the pages before is deleted.
func (c *Client) empty(ctx context.Context, bucket string, tell func(int)) error {
	for {
		page, err := c.api.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &bucket})
		if err != nil {
			return named("list the versions of", bucket, err)
		}
		var ids []types.ObjectIdentifier
		for _, v := range page.Versions {
			ids = append(ids, types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId})
		}
		for _, m := range page.DeleteMarkers {
			ids = append(ids, types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
		}
		if len(ids) == 0 {
			return c.abortUploads(ctx, bucket)
		}
		if err := c.delete(ctx, bucket, ids); err != nil {
			return err
		}
		tell(len(ids))
	}
}

// delete deletes up to 1,000 versions in one call.
func (c *Client) delete(ctx context.Context, bucket string, ids []types.ObjectIdentifier) error {
	out, err := c.api.DeleteObjects(ctx, &s3.DeleteObjectsInput{
		Bucket: &bucket, Delete: &types.Delete{Objects: ids, Quiet: aws.Bool(true)},
	})
	if err != nil {
		return named("delete objects of", bucket, err)
	}
	if n := len(out.Errors); n > 0 {
		first := out.Errors[0]
		return fmt.Errorf("delete objects of the bucket %s: Amazon S3 keeps %s, one of %s: %s: %s",
			bucket, counted(n, "version"), aws.ToString(first.Key), aws.ToString(first.Code),
			aws.ToString(first.Message))
	}
	return nil
}

// abortUploads aborts the uploads in parts that are not complete: a bucket with one cannot be
// deleted.
func (c *Client) abortUploads(ctx context.Context, bucket string) error {
	pages := s3.NewListMultipartUploadsPaginator(c.api,
		&s3.ListMultipartUploadsInput{Bucket: &bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return named("list the uploads to", bucket, err)
		}
		for _, u := range page.Uploads {
			if _, err := c.api.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
				Bucket: &bucket, Key: u.Key, UploadId: u.UploadId,
			}); err != nil && !hasCode(err, "NoSuchUpload") {
				return named("abort an upload to", bucket, err)
			}
		}
	}
	return nil
}
