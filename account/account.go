// Package account reads what an AWS account has. It reads only, and each read is optional: a
// caller continues without what it may not know. The results are plain types of package facts.
package account

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
)

// limit is how long one read may take, repetitions included. Nobody should wait longer for
// what is only useful.
const limit = 5 * time.Second

// Reader reads an account in one region.
type Reader struct {
	region string
	ec2    *ec2.Client
	s3     *s3.Client
	batch  *batch.Client
	iam    *iam.Client
}

// New returns a reader with a configuration of the SDK. It calls nothing.
func New(config aws.Config) *Reader {
	return &Reader{config.Region, ec2.NewFromConfig(config), s3.NewFromConfig(config),
		batch.NewFromConfig(config), iam.NewFromConfig(config)}
}

// Zones returns the Availability Zones that the account can use: those that are available and,
// where that is needed, opted in. Local Zones and Wavelength Zones are left out.
func (r *Reader) Zones(ctx context.Context) ([]facts.Zone, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := r.ec2.DescribeAvailabilityZones(ctx, &ec2.DescribeAvailabilityZonesInput{})
	if err != nil {
		return nil, err
	}
	var zones []facts.Zone
	for _, z := range out.AvailabilityZones {
		kind := aws.ToString(z.ZoneType)
		usable := z.State == types.AvailabilityZoneStateAvailable &&
			z.OptInStatus != types.AvailabilityZoneOptInStatusNotOptedIn
		if usable && (kind == "availability-zone" || kind == "") {
			zones = append(zones, facts.Zone{
				Name: aws.ToString(z.ZoneName), ID: aws.ToString(z.ZoneId),
			})
		}
	}
	return zones, nil
}

// SubnetZones returns the names of the zones of subnets, by the subnets' IDs.
func (r *Reader) SubnetZones(ctx context.Context, ids []string) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := r.ec2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{SubnetIds: ids})
	if err != nil {
		return nil, err
	}
	zones := map[string]string{}
	for _, s := range out.Subnets {
		zones[aws.ToString(s.SubnetId)] = aws.ToString(s.AvailabilityZone)
	}
	return zones, nil
}
