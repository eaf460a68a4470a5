package beside

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Buckets are the buckets of Amazon S3 in an account, as far as measuring and emptying them asks.
// The zero value has none.
type Buckets struct {
	PageSize int // of ListObjectVersions; default 1000

	mu      sync.Mutex
	all     map[string]*bucket
	calls   []Call
	denied  []string
	kept    []string        // keys of objects that cannot be deleted
	writing map[string]bool // buckets that somebody writes to, once
}

// bucket is a bucket.
type bucket struct {
	stack    string // in its tags
	versions []Version
	uploads  []string // keys
}

// Version is a version of an object.
type Version struct {
	Key, ID string
	Older   bool // it is not the current one
	Marker  bool // it marks a deleted object
	Size    int64
}

// Serve answers the calls that handle passes on. The bucket is in the path, or in the host.
func (b *Buckets) Serve(handle func(pattern string, f http.HandlerFunc)) {
	for _, pattern := range []string{"GET /{$}", "POST /{$}", "DELETE /{$}", "GET /{bucket}",
		"POST /{bucket}", "DELETE /{bucket}", "DELETE /{bucket}/{key...}"} {
		handle(pattern, b.answer)
	}
}

// answer does a call.
func (b *Buckets) answer(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	name := cmp.Or(r.PathValue("bucket"), strings.SplitN(r.Host, ".", 2)[0])
	query := r.URL.Query()
	action := map[bool]string{
		query.Has("versions"): "ListObjectVersions", query.Has("uploads"): "ListMultipartUploads",
		query.Has("delete"): "DeleteObjects", query.Has("tagging"): "GetBucketTagging",
		query.Has("uploadId"): "AbortMultipartUpload",
	}[true]
	if action == "" {
		action = map[string]string{http.MethodDelete: "DeleteBucket",
			http.MethodHead: "HeadBucket"}[r.Method]
	}
	b.calls = append(b.calls, Call{action, map[string]any{"Bucket": name}})
	found := b.all[name]
	switch {
	case slices.Contains(b.denied, action):
		fault(w, http.StatusForbidden, "AccessDenied", "no identity-based policy allows s3:"+action)
	case action == "HeadBucket": // every bucket exists, for those that were not put too
	case found == nil:
		fault(w, http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
	default:
		b.do(w, r, action, name, found)
	}
}

// do does a call on a bucket that exists.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
func (b *Buckets) do(w http.ResponseWriter, r *http.Request, action, name string, at *bucket) {
	switch action {
	case "ListObjectVersions":
		b.list(w, r, at)
	case "DeleteObjects":
		b.delete(w, r, at)
	case "ListMultipartUploads":
		fmt.Fprint(w, "<ListMultipartUploadsResult>")
		for _, key := range at.uploads {
			fmt.Fprintf(w, "<Upload><Key>%s</Key><UploadId>1</UploadId></Upload>", key)
		}
		fmt.Fprint(w, "</ListMultipartUploadsResult>")
	case "AbortMultipartUpload":
		at.uploads = slices.DeleteFunc(at.uploads, func(key string) bool {
			return strings.HasSuffix(r.URL.Path, "/"+key)
		})
		w.WriteHeader(http.StatusNoContent)
	case "GetBucketTagging":
		if at.stack == "" {
			fault(w, http.StatusNotFound, "NoSuchTagSet", "The TagSet does not exist")
			return
		}
		fmt.Fprintf(w, "<Tagging><TagSet><Tag><Key>aws:cloudformation:stack-name</Key>"+
			"<Value>%s</Value></Tag></TagSet></Tagging>", at.stack)
	case "DeleteBucket":
		if b.writing[name] {
			b.writing[name] = false
			at.versions = append(at.versions, Version{Key: "late", ID: "1"})
		}
		if len(at.versions)+len(at.uploads) > 0 {
			fault(w, http.StatusConflict, "BucketNotEmpty", "The bucket you tried to delete is not empty")
			return
		}
		delete(b.all, name)
		w.WriteHeader(http.StatusNoContent)
	default:
		fault(w, http.StatusNotImplemented, "NotImplemented", r.Method+" "+r.URL.String())
	}
}

// list answers with a page of versions. The marker of the next page is a number.
func (b *Buckets) list(w http.ResponseWriter, r *http.Request, at *bucket) {
	from, _ := strconv.Atoi(r.URL.Query().Get("key-marker")) // "" is 0
	to := min(from+cmp.Or(b.PageSize, 1000), len(at.versions))
	fmt.Fprintf(w, "<ListVersionsResult><IsTruncated>%t</IsTruncated>"+
		"<NextKeyMarker>%d</NextKeyMarker>", to < len(at.versions), to)
	for _, v := range at.versions[min(from, to):to] {
		kind := "Version"
		if v.Marker {
			kind = "DeleteMarker"
		}
		fmt.Fprintf(w, "<%s><Key>%s</Key><VersionId>%s</VersionId><IsLatest>%t</IsLatest>"+
			"<Size>%d</Size></%s>", kind, v.Key, v.ID, !v.Older, v.Size, kind)
	}
	fmt.Fprint(w, "</ListVersionsResult>")
}

// delete deletes the versions that are named.
func (b *Buckets) delete(w http.ResponseWriter, r *http.Request, at *bucket) {
	var in struct {
		Object []struct{ Key, VersionId string }
	}
	if err := xml.NewDecoder(r.Body).Decode(&in); err != nil || len(in.Object) > 1000 {
		fault(w, http.StatusBadRequest, "MalformedXML", "at most 1000 objects")
		return
	}
	fmt.Fprint(w, "<DeleteResult>")
	for _, o := range in.Object {
		if slices.Contains(b.kept, o.Key) {
			fmt.Fprintf(w, "<Error><Key>%s</Key><Code>AccessDenied</Code>"+
				"<Message>Access Denied</Message></Error>", o.Key)
			continue
		}
		at.versions = slices.DeleteFunc(at.versions, func(v Version) bool {
			return v.Key == o.Key && v.ID == o.VersionId
		})
	}
	fmt.Fprint(w, "</DeleteResult>")
}

// fault answers with an error.
func fault(w http.ResponseWriter, status int, code, message string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
}

// Put makes a bucket that a stack has created, "" for none, or puts versions into it.
func (b *Buckets) Put(name, stack string, versions ...Version) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all == nil {
		b.all = map[string]*bucket{}
	}
	if b.all[name] == nil {
		b.all[name] = &bucket{stack: stack}
	}
	b.all[name].versions = append(b.all[name].versions, versions...)
}

// Upload begins an upload in parts, which stays incomplete.
func (b *Buckets) Upload(name, key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all[name].uploads = append(b.all[name].uploads, key)
}

// Write lets somebody write an object just before the bucket is deleted, once.
func (b *Buckets) Write(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.writing = map[string]bool{name: true}
}

// Deny refuses an action from now on.
func (b *Buckets) Deny(action string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.denied = append(b.denied, action)
}

// Keep prevents the deletion of every version of an object.
func (b *Buckets) Keep(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = append(b.kept, key)
}

// Left returns how many versions a bucket has, and whether it exists.
func (b *Buckets) Left(name string) (versions int, exists bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if at := b.all[name]; at != nil {
		return len(at.versions), true
	}
	return 0, false
}

// Calls returns the calls so far.
func (b *Buckets) Calls() []Call {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.calls)
}
