package account

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
)

// interfacePage is how many interfaces Interfaces reads: nobody reads a longer list.
const interfacePage = 20

// InterfaceFilters are the filters of DescribeNetworkInterfaces, by the type of the resource that
// interfaces hold.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
var InterfaceFilters = map[string]string{
	"AWS::EC2::VPC":           "vpc-id",
	"AWS::EC2::Subnet":        "subnet-id",
	"AWS::EC2::SecurityGroup": "group-id",
}

// Interfaces returns the network interfaces with one of some values of a filter, at most 20.
func (r *Reader) Interfaces(
	ctx context.Context, name string, values ...string,
) (all []facts.Interface, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := r.ec2.DescribeNetworkInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{
		Filters: filter(name, values...), MaxResults: aws.Int32(interfacePage),
	})
	if err != nil {
		return nil, err
	}
	for _, i := range out.NetworkInterfaces {
		one := facts.Interface{
			ID: aws.ToString(i.NetworkInterfaceId), Subnet: aws.ToString(i.SubnetId),
			Description: aws.ToString(i.Description), Owner: aws.ToString(i.RequesterId),
			Available: i.Status == types.NetworkInterfaceStatusAvailable,
		}
		if i.Attachment != nil {
			one.Instance = aws.ToString(i.Attachment.InstanceId)
		}
		all = append(all, one)
	}
	return all, nil
}
