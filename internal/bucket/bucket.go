// Package bucket measures and empties a bucket of Amazon S3, with the older versions of its
// objects.
package bucket

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithy "github.com/aws/smithy-go"
)

// measuredPages bounds the pages that Measure reads. Amazon S3 puts up to 1,000 versions on a
// page.
const measuredPages = 10

// stackTag is the tag that CloudFormation puts on what a stack creates.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
const stackTag = "aws:cloudformation:stack-name"

// ErrNoBucket is the error of a bucket that does not exist.
var ErrNoBucket = errors.New("the bucket does not exist")

// Client reads and empties the buckets of an account.
type Client struct{ api *s3.Client }

// New returns a client with a configuration of the SDK. It calls nothing.
func New(config aws.Config) *Client { return &Client{s3.NewFromConfig(config)} }

// Contents is how much a bucket has.
type Contents struct {
	Objects int   `json:"objects"`           // that are current
	Older   int   `json:"older,omitempty"`   // older versions, and markers of deleted objects
	Bytes   int64 `json:"bytes"`             // of all versions
	AtLeast bool  `json:"atLeast,omitempty"` // there is more than was read
}

// String returns the contents as words.
func (c Contents) String() string {
	if c == (Contents{}) {
		return "no objects"
	}
	text := ""
	if c.AtLeast {
		text = "at least "
	}
	text += counted(c.Objects, "object")
	if c.Older > 0 {
		text += " and " + counted(c.Older, "older version")
	}
	return text + ", " + size(c.Bytes)
}

// counted returns a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// size returns a number of bytes with a binary unit, like 1.2 GiB.
func size(bytes int64) string {
	const units = "KMGTPE"
	if bytes < 1024 {
		return fmt.Sprintf("%d bytes", bytes)
	}
	value, unit := float64(bytes)/1024, 0
	for ; value >= 1023.95 && unit < len(units)-1; unit++ {
		value /= 1024
	}
	return fmt.Sprintf("%.1f %ciB", value, units[unit])
}

// Measure counts what a bucket has, and stops after 10,000 versions.
func (c *Client) Measure(ctx context.Context, bucket string) (Contents, error) {
	var all Contents
	pages := c.versions(bucket)
	for n := 0; pages.HasMorePages(); n++ {
		if n == measuredPages {
			all.AtLeast = true
			break
		}
		page, err := pages.NextPage(ctx)
		if err != nil {
			return Contents{}, named("list the versions of", bucket, err)
		}
		for _, v := range page.Versions {
			all.Bytes += aws.ToInt64(v.Size)
			if aws.ToBool(v.IsLatest) {
				all.Objects++
			} else {
				all.Older++
			}
		}
		all.Older += len(page.DeleteMarkers)
	}
	return all, nil
}

// versions returns the pages of all versions and delete markers of a bucket.
func (c *Client) versions(bucket string) *s3.ListObjectVersionsPaginator {
	return s3.NewListObjectVersionsPaginator(c.api, &s3.ListObjectVersionsInput{Bucket: &bucket},
		func(o *s3.ListObjectVersionsPaginatorOptions) { o.StopOnDuplicateToken = true })
}

// Stack returns the name of the stack that created a bucket, from the tag of CloudFormation, or
// "" where there is none.
func (c *Client) Stack(ctx context.Context, bucket string) (string, error) {
	out, err := c.api.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: &bucket})
	switch {
	case hasCode(err, "NoSuchTagSet"):
		return "", nil
	case err != nil:
		return "", named("read the tags of", bucket, err)
	}
	for _, tag := range out.TagSet {
		if aws.ToString(tag.Key) == stackTag {
			return aws.ToString(tag.Value), nil
		}
	}
	return "", nil
}

// named gives an error of a call the action and the bucket, and makes it ErrNoBucket where that
// is what Amazon S3 says.
func named(action, bucket string, err error) error {
	if hasCode(err, "NoSuchBucket") {
		err = ErrNoBucket
	}
	return fmt.Errorf("%s the bucket %s: %w", action, bucket, err)
}

// hasCode reports whether an error is one of Amazon S3 with a code.
func hasCode(err error, code string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == code
}
