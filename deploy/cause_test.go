package deploy

import "testing"

func TestRootCause(t *testing.T) {
	bubble(t, "the first failure in time, siblings counted", func(t *testing.T, s *script) {
		s.tells(
			"0s stack CREATE_IN_PROGRESS",
			"1s Queue CREATE_IN_PROGRESS",
			"2s Compute CREATE_FAILED Instance type can only be one of [c5, m5] (Service: Batch, Status Code: 400, Request ID: 1b1c7e0e)",
			"2s Queue CREATE_FAILED Resource creation cancelled",
			"2s Role CREATE_FAILED Resource creation Cancelled",
			"2s Nat CREATE_FAILED AddressLimitExceeded",
			"3s stack ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Compute, Queue].",
			"4s Compute DELETE_FAILED it is used",
			"4s Bucket DELETE_SKIPPED",
			"5s stack ROLLBACK_COMPLETE",
		)
		s.reads("0s CREATE_IN_PROGRESS", "5s ROLLBACK_COMPLETE")
		op := s.op(creation)
		follow(t.Context(), op)
		o := op.Outcome()
		expect(t, "cause", o.Cause.LogicalID, "Compute")
		text, code, request := o.Cause.Message()
		expect(t, "message", []string{text, code, request}, []string{"Instance type can only be one of [c5, m5]", "", "1b1c7e0e"})
		expect(t, "also", len(o.Also), 1)
		expect(t, "also", o.Also[0].LogicalID, "Nat")
		expect(t, "cancelled", o.Cancelled, 2)
		expect(t, "left", len(o.Left), 1)
		expect(t, "left", o.Left[0].LogicalID, "Bucket")
	})
	bubble(t, "what the stack says when no resource says anything", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS", "2s A CREATE_FAILED Resource creation cancelled",
			"2s stack ROLLBACK_IN_PROGRESS Stack creation time exceeded the specified timeout.", "5s stack ROLLBACK_COMPLETE")
		s.reads("0s CREATE_IN_PROGRESS", "5s ROLLBACK_COMPLETE")
		op := s.op(creation)
		follow(t.Context(), op)
		expect(t, "cause", op.Outcome().Cause.Reason, "Stack creation time exceeded the specified timeout.")
	})
	bubble(t, "a success has no cause, but may leave things behind", func(t *testing.T, s *script) {
		s.tells("0s stack UPDATE_IN_PROGRESS", "1s stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
			"2s Old DELETE_FAILED in use", "3s Other DELETE_FAILED in use", "4s Other DELETE_COMPLETE", "5s stack UPDATE_COMPLETE")
		s.reads("0s UPDATE_IN_PROGRESS", "5s UPDATE_COMPLETE")
		op := s.op(updating)
		follow(t.Context(), op)
		o := op.Outcome()
		expect(t, "result", o.Result, Succeeded)
		expect(t, "cause", o.Cause == nil, true)
		expect(t, "left", len(o.Left), 1)
		expect(t, "left", o.Left[0].LogicalID, "Old")
	})
}

func TestMessage(t *testing.T) {
	for _, c := range []struct{ reason, text, code, request string }{
		{"plain words", "plain words", "", ""},
		{"Limit (5) exceeded", "Limit (5) exceeded", "", ""},
		{"The maximum number of addresses has been reached. (Service: AmazonEC2; Status Code: 400; Error Code: AddressLimitExceeded; Request ID: 12-34; Proxy: null)",
			"The maximum number of addresses has been reached.", "AddressLimitExceeded", "12-34"},
		{`Resource handler returned message: "x (y)" (RequestToken: 99, HandlerErrorCode: AlreadyExists)`,
			"x (y)", "AlreadyExists", ""},
		{`Resource handler returned message: "User: arn:aws:iam::1:user/a is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::1:role/r with an explicit deny in a service control policy (Service: Iam, Status Code: 403, Request ID: R-2)" (RequestToken: 98, HandlerErrorCode: AccessDenied)`,
			"User: arn:aws:iam::1:user/a is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::1:role/r with an explicit deny in a service control policy", "AccessDenied", "R-2"},
		{"You are not authorized to perform this operation. Encoded authorization failure message: Ab_9-x (Service: AmazonEC2; Status Code: 403; Error Code: UnauthorizedOperation; Request ID: R-3; Proxy: null)",
			"You are not authorized to perform this operation.", "UnauthorizedOperation", "R-3"},
		{"Taken (Service: S3, Status Code: 409, Request ID: R1) (RequestToken: 99, HandlerErrorCode: AlreadyExists)", "Taken", "AlreadyExists", "R1"},
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
	e := Event{Reason: `Resource handler returned message: "No. Encoded authorization failure message: Ab_9 (Service: Ec2, Status Code: 403, Request ID: R-3)" (RequestToken: 98, HandlerErrorCode: AccessDenied)`}
	expect(t, "trailer", e.Trailer(), map[string]string{"Service": "Ec2", "Status Code": "403", "Request ID": "R-3", "RequestToken": "98",
		"HandlerErrorCode": "AccessDenied", "Encoded authorization failure message": "Ab_9"})
	expect(t, "none", len(Event{Reason: "plain (words: here)"}.Trailer()), 0)
}
