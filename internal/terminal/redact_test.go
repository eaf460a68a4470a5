package terminal

import "testing"

// TestRedactURLs hides name and password of a URL, also of one that does not parse, and
// what signs it (docs/field-reports.md).
func TestRedactURLs(t *testing.T) {
	for text, want := range map[string]string{
		"Failed to parse uri: http://us%er:s3cretpw@127.0.0.1:9": "Failed to parse uri: " +
			"http://[redacted]@127.0.0.1:9",
		`Post "https://ana:p@ss/w%40rd@proxy.example:3128/": EOF`: `Post ` +
			`"https://[redacted]@proxy.example:3128/": EOF`,
		"socks5://token@10.0.0.1 and https://x:y@z": "socks5://[redacted]@10.0.0.1 " +
			"and https://[redacted]@z",
		"HTTPS_PROXY='http://a:b@c'":               "HTTPS_PROXY='http://[redacted]@c'",
		"https://sts.us-east-1.amazonaws.com/?a=b": "https://sts.us-east-1.amazonaws.com/?a=b",
		"mail ana@example.com about s3://bucket/key": "mail ana@example.com about " +
			"s3://bucket/key",
		"https://b/?X-Amz-Signature=abc&X-Amz-Credential=AKID%2Fx": "https://b/?[redacted]&[redacted]",
		"url=https%3A%2F%2Fb%2F%3FX-Amz-Security-Token%3Dabc":      "url=https%3A%2F%2Fb%2F%3F[redacted]",
		"X-Amz-Security-Token%3Dabc&x":                             "[redacted]&x",
		`{"u":"http://a:b@c","v":1}`:                               `{"u":"http://[redacted]@c","v":1}`,
	} {
		if got := new(Secrets).Redact(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
