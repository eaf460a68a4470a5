package awsconfig

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/metaflow-cfn/metaflow-cfn/internal/bounded"
)

const (
	maxShared = 1 << 20 // bytes of a file that the SDK reads
	maxReply  = 8 << 20 // bytes of a reply of a service
)

// checkFiles returns every file that the SDK would read without end, or longer than anybody can
// mean.
func checkFiles() *Problem {
	home, _ := os.UserHomeDir() // "": the SDK does not find the files either
	var found []error
	for _, f := range []struct{ variable, standard string }{
		{"AWS_CONFIG_FILE", filepath.Join(home, ".aws", "config")},
		{"AWS_SHARED_CREDENTIALS_FILE", filepath.Join(home, ".aws", "credentials")},
		{"AWS_CA_BUNDLE", ""},
		{"AWS_WEB_IDENTITY_TOKEN_FILE", ""},
		{"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", ""},
	} {
		path := cmp.Or(os.Getenv(f.variable), f.standard)
		info, err := os.Stat(path)
		switch {
		case err != nil || path == os.DevNull: // the SDK says what is missing, or ignores it
		case info.Mode()&os.ModeCharDevice != 0:
			found = append(found, fmt.Errorf("%s: %s is a device; wanted a file", f.variable, path))
		case info.Size() > maxShared:
			found = append(found, fmt.Errorf("%s: %s has more than %d MiB", f.variable, path,
				maxShared>>20))
		}
	}
	if found == nil {
		return nil
	}
	return &Problem{true, errors.Join(found...), "See what is configured: aws configure list"}
}

// limitReplies makes every call fail whose reply does not end.
func limitReplies(stack *middleware.Stack) error {
	return stack.Deserialize.Add(
		middleware.DeserializeMiddlewareFunc("metaflow-cfn limit", limitReply), middleware.After)
}

func limitReply(
	ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	if reply, ok := out.RawResponse.(*smithyhttp.Response); ok && reply != nil && reply.Body != nil {
		reply.Body = bounded.Body(reply.Body, maxReply)
	}
	return out, metadata, err
}
