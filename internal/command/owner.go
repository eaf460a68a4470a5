package command

import (
	"fmt"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

var (
	// stackSetName is the name that CloudFormation gives to the stack of a stack set in an
	// account: StackSet-NAME-UUID.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html
	stackSetName = regexp.MustCompile(`^StackSet-(.+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	// productName is the name of the stack of a product of Service Catalog: SC-ACCOUNT-ID.
	// https://docs.aws.amazon.com/servicecatalog/latest/adminguide/constraints-launch.html
	productName = regexp.MustCompile(`^SC-\d{12}-(pp-[a-z0-9]+)$`)
)

// refuseOwned refuses to change a stack that something else deploys: what is done here would
// be undone by its next update, or make that fail. verb is deploy or delete.
func refuseOwned(s deploy.Stack, verb, region string) error {
	owner, next := "", ""
	account := ""
	if id, err := arn.Parse(s.ID); err == nil {
		account = id.AccountID
	}
	done := map[string]string{"deploy": "changed", "delete": "deleted"}[verb]
	set, product := stackSetName.FindStringSubmatch(s.Name), productName.FindStringSubmatch(s.Name)
	switch {
	case !s.Exists():
		return nil
	case s.Nested:
		owner, next = "nested in another stack, whose template deploys it",
			"Change the stack that it is nested in: aws cloudformation describe-stacks --stack-name "+
				s.Name+" --query Stacks[0].RootId --output text"
	case set != nil && verb == "delete":
		owner = "of the stack set " + set[1]
		next = fmt.Sprintf("Delete it there: aws cloudformation delete-stack-instances "+
			"--stack-set-name %s --accounts %s --regions %s --no-retain-stacks", set[1], account, region)
	case set != nil:
		owner = "of the stack set " + set[1]
		next = "Update it there, from the account of the stack set: aws cloudformation " +
			"update-stack-set --stack-set-name " + set[1]
	case product != nil:
		owner = "of the Service Catalog product " + product[1]
		next = "Update or terminate it there: aws servicecatalog describe-provisioned-product --id " +
			product[1]
	default:
		return nil
	}
	return &exitError{exitRefused,
		fmt.Errorf("stack %s is %s; nothing was %s", s.Name, owner, done), next}
}
