package events

import "testing"

func TestMessage(t *testing.T) {
	const denial = "User: arn:aws:iam::1:user/a is not authorized to perform: iam:CreateRole " +
		"on resource: arn:aws:iam::1:role/r with an explicit deny in a service control policy"
	for _, c := range []struct{ reason, text, code, request string }{
		{"plain words", "plain words", "", ""},
		{"Limit (5) exceeded", "Limit (5) exceeded", "", ""},
		{"The maximum number of addresses has been reached. " +
			"(Service: AmazonEC2; Status Code: 400; Error Code: AddressLimitExceeded; " +
			"Request ID: 12-34; Proxy: null)",
			"The maximum number of addresses has been reached.", "AddressLimitExceeded", "12-34"},
		{`Resource handler returned message: "x (y)" (RequestToken: 99, HandlerErrorCode: AlreadyExists)`,
			"x (y)", "AlreadyExists", ""},
		{`Resource handler returned message: "` + denial +
			` (Service: Iam, Status Code: 403, Request ID: R-2)" ` +
			`(RequestToken: 98, HandlerErrorCode: AccessDenied)`, denial, "AccessDenied", "R-2"},
		{"You are not authorized to perform this operation. " +
			"Encoded authorization failure message: Ab_9-x (Service: AmazonEC2; Status Code: 403; " +
			"Error Code: UnauthorizedOperation; Request ID: R-3; Proxy: null)",
			"You are not authorized to perform this operation.", "UnauthorizedOperation", "R-3"},
		{"Taken (Service: S3, Status Code: 409, Request ID: R1) " +
			"(RequestToken: 99, HandlerErrorCode: AlreadyExists)", "Taken", "AlreadyExists", "R1"},
		// S3's and EC2's of today.
		{"flows already exists (Service: S3, Status Code: 0, Request ID: null) " +
			"(RequestToken: 99, HandlerErrorCode: AlreadyExists)", "flows already exists",
			"AlreadyExists", ""},
		{`Resource handler returned message: "The maximum number of VPCs has been reached. ` +
			`(Service: Ec2, Status Code: 400, Request ID: R-4) (SDK Attempt Count: 1)" ` +
			`(RequestToken: 44, HandlerErrorCode: GeneralServiceException)`,
			"The maximum number of VPCs has been reached.", "GeneralServiceException", "R-4"},
		{"", "", "", ""},
		{" (", "(", "", ""},
		{"(Service: S3)", "(Service: S3)", "", ""},
		{`Resource handler returned message: "`, `Resource handler returned message: "`, "", ""},
	} {
		text, code, request := Event{Reason: c.reason}.Message()
		expect(t, c.reason, []string{text, code, request}, []string{c.text, c.code, c.request})
	}
}

func TestTrailer(t *testing.T) {
	e := Event{Reason: `Resource handler returned message: "No. ` +
		`Encoded authorization failure message: Ab_9 ` +
		`(Service: Ec2, Status Code: 403, Request ID: R-3)" ` +
		`(RequestToken: 98, HandlerErrorCode: AccessDenied)`}
	expect(t, "trailer", e.Trailer(), map[string]string{"Service": "Ec2", "Status Code": "403",
		"Request ID": "R-3", "RequestToken": "98",
		"HandlerErrorCode": "AccessDenied", "Encoded authorization failure message": "Ab_9"})
	expect(t, "none", len(Event{Reason: "plain (words: here)"}.Trailer()), 0)
}
