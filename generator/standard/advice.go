package standard

import "github.com/metaflow-cfn/metaflow-cfn/generator"

// Advice is what to try whatever the resource. It comes after the advice of a
// component, which is more specific.
var Advice = []generator.Advice{
	{
		Says: "with an explicit deny in",
		Try: "a policy of the organization forbids it; ask the administrator of the account " +
			"what it allows",
	},
	{
		Says: "not authorized to perform|accessdenied|access denied|unauthorizedoperation",
		Try:  "allow the deployer that action, or deploy with a role that may: --role-arn",
	},
	{
		Says: "limitexceeded|quota",
		Try:  "raise the quota (Service Quotas), or reuse what exists",
	},
}
