package standard

import "github.com/metaflow-cfn/metaflow-cfn/generator"

// Advice says what to try for any resource. It comes after the advice of a component, which is more
// specific.
var Advice = []generator.Advice{
	{
		Says: "with an explicit deny in",
		Try: "a policy of the organization forbids it; ask the account's administrator what " +
			"is allowed",
	},
	{
		Says: "not authorized to perform|accessdenied|access denied|unauthorizedoperation",
		Try: "grant the deploying identity that action, or deploy with a role that has it: " +
			"--role-arn",
	},
	{
		Says: "limitexceeded|quota",
		Try:  "raise the quota (Service Quotas), or reuse an existing resource",
	},
}
