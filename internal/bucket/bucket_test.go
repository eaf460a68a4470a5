package bucket

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/beside"
)

// client returns a client of some buckets.
func client(t *testing.T, b *beside.Buckets) *Client {
	t.Helper()
	mux := http.NewServeMux()
	b.Serve(func(pattern string, f http.HandlerFunc) { mux.HandleFunc(pattern, f) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return New(aws.Config{Region: "us-east-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 5,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", "")})
}

// versions returns objects, of which some are older and some are markers.
func versions(objects, older, markers int) (all []beside.Version) {
	for i := range objects + older + markers {
		all = append(all, beside.Version{Key: fmt.Sprintf("flows/%d", i), ID: "a",
			Older: i >= objects, Marker: i >= objects+older, Size: 1000})
	}
	return all
}

// TestMeasure counts buckets.
func TestMeasure(t *testing.T) {
	for _, test := range []struct {
		name     string
		versions []beside.Version
		want     string
	}{
		{"empty", nil, "no objects"},
		{"one", versions(1, 0, 0), "1 object, 1000 bytes"},
		{"several pages", versions(25, 0, 0), "25 objects, 24.4 KiB"},
		{"older", versions(2, 1, 0), "2 objects and 1 older version, 2.9 KiB"},
		{"markers", versions(0, 1, 2), "0 objects and 3 older versions, 1000 bytes"},
		{"more than the bound", versions(101, 0, 0), "at least 100 objects, 97.7 KiB"},
		{"large", []beside.Version{{Key: "a", ID: "a", Size: 5 << 50}}, "1 object, 5.0 PiB"},
		{"unit", []beside.Version{{Key: "a", ID: "a", Size: 1<<30 - 1}}, "1 object, 1.0 GiB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := &beside.Buckets{PageSize: 10}
			b.Put("data", "metaflow", test.versions...)
			got, err := client(t, b).Measure(t.Context(), "data")
			if err != nil || got.String() != test.want {
				t.Errorf("the contents are %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

// TestRemove removes buckets, whatever they have.
func TestRemove(t *testing.T) {
	for _, test := range []struct {
		name    string
		arrange func(b *beside.Buckets)
		told    []int
		fails   string
		left    int // versions, -1: the bucket is deleted
	}{
		{name: "empty", arrange: func(*beside.Buckets) {}, left: -1},
		{name: "versions and markers", left: -1, told: []int{10, 20, 30, 35},
			arrange: func(b *beside.Buckets) { b.Put("data", "", versions(20, 10, 5)...) }},
		{name: "uploads", left: -1, arrange: func(b *beside.Buckets) {
			b.Upload("data", "flows/1")
			b.Upload("data", "flows/2")
		}},
		{name: "somebody writes", left: -1, told: []int{1, 2}, arrange: func(b *beside.Buckets) {
			b.Put("data", "", versions(1, 0, 0)...)
			b.Write("data")
		}},
		{name: "an object is locked", left: 1,
			fails: "Amazon S3 keeps 1 version, one of flows/3: AccessDenied",
			arrange: func(b *beside.Buckets) {
				b.Put("data", "", versions(5, 0, 0)...)
				b.Keep("flows/3")
			}},
		{name: "list denied", left: 5, fails: "list the versions of the bucket data: ",
			arrange: func(b *beside.Buckets) {
				b.Put("data", "", versions(5, 0, 0)...)
				b.Deny("ListObjectVersions")
			}},
		{name: "delete denied", left: 5, fails: "delete objects of the bucket data: ",
			arrange: func(b *beside.Buckets) {
				b.Put("data", "", versions(5, 0, 0)...)
				b.Deny("DeleteObjects")
			}},
		{name: "delete of the bucket denied", left: 0, fails: "delete the bucket data: ",
			arrange: func(b *beside.Buckets) { b.Deny("DeleteBucket") }},
		{name: "uploads denied", left: 0, fails: "abort an upload to the bucket data: ",
			arrange: func(b *beside.Buckets) {
				b.Upload("data", "flows/1")
				b.Deny("AbortMultipartUpload")
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := &beside.Buckets{PageSize: 10}
			b.Put("data", "metaflow")
			test.arrange(b)
			var told []int
			err := client(t, b).Remove(t.Context(), "data", func(n int) { told = append(told, n) })
			if (err == nil) != (test.fails == "") || err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Errorf("the error is %v, want %q", err, test.fails)
			}
			if test.told != nil && fmt.Sprint(told) != fmt.Sprint(test.told) {
				t.Errorf("told %v, want %v", told, test.told)
			}
			left, exists := b.Left("data")
			if exists != (test.left >= 0) || left != max(test.left, 0) {
				t.Errorf("%d versions are left, the bucket exists: %t", left, exists)
			}
		})
	}
}

// TestNoBucket: a bucket that does not exist has nothing to remove, and no size.
func TestNoBucket(t *testing.T) {
	c := client(t, &beside.Buckets{})
	if err := c.Remove(t.Context(), "data", func(int) {}); err != nil {
		t.Error(err)
	}
	if _, err := c.Measure(t.Context(), "data"); !errors.Is(err, ErrNoBucket) {
		t.Errorf("the error is %v", err)
	}
	if _, err := c.Stack(t.Context(), "data"); !errors.Is(err, ErrNoBucket) {
		t.Errorf("the error is %v", err)
	}
}

// TestStack reads which stack has created a bucket.
func TestStack(t *testing.T) {
	b := &beside.Buckets{}
	b.Put("ours", "metaflow")
	b.Put("theirs", "")
	c := client(t, b)
	for name, want := range map[string]string{"ours": "metaflow", "theirs": ""} {
		if got, err := c.Stack(t.Context(), name); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
}
