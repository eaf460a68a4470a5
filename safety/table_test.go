package safety

// The components of rules.
const (
	everywhere  = ""
	inCore      = "core"
	inHardening = "hardening"
	inScheduler = "scheduler"
)

// rules is the table of all rules.
var rules = []rule{
	{"no-wildcards", everywhere,
		"An Allow of every action, or on every resource, makes an administrator of " +
			"whoever holds it.", noWildcards},
	{"no-escalation", everywhere,
		"A principal that may pass or assume roles may become any of them; nothing here " +
			"needs to.", noEscalation},
	{"trust-one-service", everywhere,
		"A role that more than its one service assumes is a way in for others.", trustOneService},
	{"trust-this-account", everywhere,
		"Without the source account and ARN another account can make the service act " +
			"for it.", trustThisAccount},
	{"boundary", everywhere,
		"Organizations refuse roles without their boundary, and count on it where there " +
			"is one.", boundary},
	{"role-path", everywhere, "Least-privilege policies name roles by their path.", rolePath},
	{"no-named-iam", everywhere,
		"A name demands CAPABILITY_NAMED_IAM and lets two stacks collide.", noNamedIAM},
	{"managed-policies", everywhere,
		"A policy of AWS more than needed is access that nobody reviewed.", managedPolicies},
	{"inline-policies", everywhere,
		"Jobs run other people's code: they reach the one bucket and its key, and " +
			"delete nothing. State machines run jobs, and nothing else.", inlinePolicies},
	{"job-policy", inScheduler,
		"Without its policy jobs lose the state of foreach; under one name two stacks " +
			"overwrite each other's.", jobPolicy},
	{"policy-language", everywhere,
		"The older policy language reads variables as literal text.", policyLanguage},
	{"instance-profile", inCore,
		"Instances that carry another role have its rights, or none.", instanceProfile},
	{"portability", everywhere,
		"A literal partition, account or region breaks the template elsewhere.", portability},

	{"bucket-private", everywhere, "One public object is a leak.", bucketPrivate},
	{"bucket-owned", everywhere,
		"Objects that others own escape the bucket's policy.", bucketOwned},
	{"bucket-encrypted", everywhere,
		"Data at rest is encrypted as it was asked for.", bucketEncrypted},
	{"bucket-key", inCore, "Without a bucket key each object costs a call to KMS.", bucketKey},
	{"bucket-tls", everywhere,
		"What goes over the wire in the clear is read by others.", bucketTLS},
	{"bucket-new-tls", inCore, "TLS before 1.2 is broken.", bucketNewTLS},
	{"bucket-versioned", inCore,
		"What is overwritten or deleted by mistake can be got back.", bucketVersioned},
	{"bucket-lifecycle", everywhere,
		"Data never expires by itself, and leftovers do not pile up.", bucketLifecycle},
	{"retained", everywhere,
		"Data, and what protects it, outlives the stack; what a failed creation leaves " +
			"blocks the next.", retained},
	{"access-log", everywhere,
		"Each access to the data is recorded where that was asked for.", accessLog},
	{"flow-log", inHardening,
		"The traffic of the VPC is recorded, all of it, where it was asked for.", flowLog},
	{"flow-log-last", inHardening,
		"Once it delivers, the log bucket is not empty, and a creation that fails later " +
			"leaves it behind.", flowLogLast},
	{"bucket-grants", everywhere,
		"Only the log services write, only into the log bucket, each into its own " +
			"folder.", bucketGrants},
	{"delivery-source", inHardening,
		"Without the source anybody's logs can be delivered into this bucket.", deliverySource},

	{"one-vpc", everywhere, "A part in another VPC is reached by nobody, or by others.", oneVPC},
	{"vpc-names", inCore, "Without DNS no endpoint and no service is found.", vpcNames},
	{"ranges", inCore, "Addresses are those that were planned.", ranges},
	{"two-zones", inCore, "Two subnets in one zone fail together.", twoZones},
	{"public-addresses", inCore,
		"What has a public address can be called from the internet.", publicAddresses},
	{"public-reach", inCore,
		"Instances in public subnets reach AWS by their own address only.", publicReach},
	{"internet-gateway", inCore,
		"One gateway joins the VPC to the internet, where that was asked for.", internetGateway},
	{"associations", inCore,
		"A subnet with the other side's table becomes public, or loses its way out.", associations},
	{"routes", inCore,
		"Private subnets go out through NAT only, each zone's own where that was asked " +
			"for.", routes},
	{"no-way-out", inCore, "Where no internet was asked for, data leaves by no route.", noWayOut},
	{"nat-gateways", inCore,
		"A NAT gateway works only from a public subnet and with an address, and unused " +
			"it is paid for.", natGateways},
	{"s3-endpoint", inCore,
		"Traffic with S3 stays off the NAT gateway, which bills it, and works without " +
			"one.", s3Endpoint},
	{"interface-endpoints", inHardening,
		"Without the internet jobs start only if all that Fargate or the agent calls " +
			"has an endpoint.", interfaceEndpoints},
	{"ingress", everywhere,
		"Nobody comes in but the nodes of a job and, to endpoints, the jobs.", ingress},
	{"egress", everywhere,
		"Traffic goes out only to the ports that were given, and from endpoints only to " +
			"the jobs.", egress},
	{"described", everywhere,
		"A rule that does not say what it is for is never removed.", described},
	{"ordered", inCore,
		"What starts before its way out exists fails, and what outlives it cannot be " +
			"deleted.", ordered},

	{"compute-subnets", inCore,
		"Instances stand in private subnets unless public ones were asked for.", computeSubnets},
	{"compute-group", inCore, "Another security group lets others in.", computeGroup},
	{"spending", inCore,
		"Nothing is kept running, and no more bought, than was asked for.", spending},
	{"compute-kind", inCore,
		"Metaflow wants a managed environment; Spot loses jobs that did not expect it.", computeKind},
	{"strategy", inCore,
		"Another strategy costs more, is interrupted more, or cannot be updated.", strategy},
	{"in-place", inCore,
		"A compute environment that is replaced takes its queue's jobs with it.", inPlace},
	{"latest-image", inCore,
		"Instances that keep the image of the first day keep its faults; a given image stays.",
		latestImage},
	{"generation", inCore,
		"A new environment is made where that was asked for, and only there.", generation},
	{"jobs-outlive-updates", inCore,
		"An update waits for jobs as long as was asked for before it ends them.",
		jobsOutliveUpdates},
	{"launched", inCore,
		"Instances outside the launch template have neither its volume nor its IMDS.", launched},
	{"images", inCore, "Instances run the types and the image that were asked for.", images},
	{"key-pair", inCore, "SSH is for those who asked for it.", keyPair},
	{"metadata-tokens", inCore,
		"IMDSv1, or a second hop, gives the role of an instance to whoever can make a " +
			"job fetch a URL.", metadataTokens},
	{"volumes-encrypted", inCore,
		"Volumes hold what jobs hold, and are encrypted with the key that was asked " +
			"for.", volumesEncrypted},
	{"root-volume", inCore,
		"A volume that is not the root leaves the root plain, and one that stays is " +
			"paid for for ever.", rootVolume},
	{"plain-instances", inCore,
		"User data, interfaces or keys in the launch template get around the other " +
			"rules.", plainInstances},
	{"queue", inCore, "Jobs go to the one compute environment.", queue},
	{"stuck-jobs", inCore,
		"Jobs wait as long as was asked for, and no job that can run is cancelled.", stuckJobs},

	{"state-kept", inScheduler,
		"The state of foreach is encrypted and expires, and idle it costs nothing.", stateKept},
	{"execution-log", inScheduler,
		"Logs hold the data of flows: they are kept where and as long as was asked for.",
		executionLog},

	{"known-kinds", everywhere, "A new type of resource needs rules of its own.", knownKinds},
	{"tagged", everywhere,
		"What has no name of the stack is nobody's when the bill comes.", tagged},
	{"tagged-instances", inCore, "Stack tags do not reach instances and volumes.", taggedInstances},
	{"references", everywhere,
		"A template that names what does not exist is refused halfway.", references},
	{"core-outputs", inCore,
		"Metaflow is configured from the outputs: a wrong one sends data elsewhere.", coreOutputs},
	{"hardening-outputs", inHardening,
		"The core stack takes the name of the log bucket from the outputs.", hardeningOutputs},
	{"scheduler-outputs", inScheduler,
		"Metaflow is configured from the outputs: without one flows cannot be scheduled.",
		schedulerOutputs},
	{"no-secrets", everywhere,
		"Outputs are readable by all who may describe the stack.", noSecrets},
	{"reused-not-created", everywhere,
		"Reuse that also creates a resource costs money and hides which one is used.", reusedNotCreated},
	{"reused-untouched", everywhere,
		"What is reused belongs to others: nothing of it is changed.", reusedUntouched},
	{"only-sections", everywhere,
		"A macro or a hook runs code of others over the stack.", onlySections},
	{"deletable", everywhere,
		"What stays after the stack is paid for, and in the way of the next one.", deletable},
	{"only-denials", everywhere,
		"A denial that was not asked for stops jobs, and no other policy can allow it.", onlyDenials},
	{"only-asked", everywhere,
		"What no parameter asks for costs money, or opens a way that no other rule watches.",
		onlyAsked},
	{"no-exports", everywhere,
		"A stack whose output another one imports can be neither changed nor deleted.", noExports},
	{"no-dynamic-references", everywhere,
		"What is looked up while deploying is not what was reviewed.", noDynamicReferences},
}
