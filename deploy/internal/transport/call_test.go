package transport

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func expect[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func TestAMutationUnderWayIsNotCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		slow := func(ctx context.Context, in *string, _ ...Option) (*string, error) {
			return in, Sleep(ctx, 5*time.Second)
		}
		out, err := Mutate(ctx, &Connection{}, slow, new("done"))
		if err != nil || *out != "done" {
			t.Error("the request was cut off", err)
		}
		_, err = Call(ctx, &Connection{}, slow, new("done"))
		expect(t, "a read", errors.Is(err, context.DeadlineExceeded), true)
	})
}
