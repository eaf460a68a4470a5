package standard

import "github.com/awslabs/goformation/v7/cloudformation/s3"

// BucketOwnerEnforced makes the bucket's owner own every object, whoever writes it.
func BucketOwnerEnforced() *s3.Bucket_OwnershipControls {
	return &s3.Bucket_OwnershipControls{
		Rules: []s3.Bucket_OwnershipControlsRule{{ObjectOwnership: new("BucketOwnerEnforced")}},
	}
}

// BlockPublicAccess returns the settings under which no object becomes public.
func BlockPublicAccess() *s3.Bucket_PublicAccessBlockConfiguration {
	return &s3.Bucket_PublicAccessBlockConfiguration{
		BlockPublicAcls: new(true), BlockPublicPolicy: new(true),
		IgnorePublicAcls: new(true), RestrictPublicBuckets: new(true),
	}
}
