package cfntest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/cfntest"
)

func TestDbg(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for n := 1; n < 40000; n += 7 {
			srv := cfntest.New(cfntest.Options{})
			srv.FaultReply("X", 200, strings.Repeat("x", n))
			r, err := srv.HTTPClient().Post("http://x/", "application/x-www-form-urlencoded", strings.NewReader("Action=X"))
			if err != nil {
				t.Fatal(n, err)
			}
			b, err := io.ReadAll(r.Body)
			if err != nil || len(b) != n {
				t.Error(n, len(b), err)
				return
			}
			r.Body.Close()
		}
		_ = http.StatusOK
	})
}
