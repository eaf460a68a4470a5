package awsconfig

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/metaflow-cfn/metaflow-cfn/internal/bounded"
)

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestLimitReply reads a reply of any service that does not end.
func TestLimitReply(t *testing.T) {
	next := middleware.DeserializeHandlerFunc(func(
		context.Context, middleware.DeserializeInput,
	) (out middleware.DeserializeOutput, metadata middleware.Metadata, err error) {
		out.RawResponse = &smithyhttp.Response{Response: &http.Response{Body: io.NopCloser(zeros{})}}
		return out, metadata, nil
	})
	out, _, err := limitReply(t.Context(), middleware.DeserializeInput{}, next)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, out.RawResponse.(*smithyhttp.Response).Body)
	if n != maxReply || !errors.As(err, new(*bounded.TooLargeError)) {
		t.Errorf("%d bytes, %v", n, err)
	}
}
