package command

import (
	"flag"
	"fmt"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/beside"
)

// putObjects puts objects and older versions into a bucket of Amazon S3, with the tag of a stack.
func putObjects(s *script, ts *testscript.TestScript, args []string) {
	flags := flag.NewFlagSet("objects", flag.ContinueOnError)
	stack := flags.String("stack", "metaflow", "")
	uploads := flags.Int("uploads", 0, "")
	args = parse(ts, flags, args)
	older := 0
	if len(args) > 2 {
		older = number(ts, args[2])
	}
	s.server.Buckets.Put(args[0], *stack)
	for i := range number(ts, args[1]) + older {
		s.server.Buckets.Put(args[0], *stack, beside.Version{Key: fmt.Sprintf("flows/%d", i),
			ID: "1", Older: i < older, Size: 1 << 20})
	}
	for i := range *uploads {
		s.server.Buckets.Upload(args[0], fmt.Sprintf("flows/part-%d", i))
	}
}

// objectsLeft checks how many versions a bucket has, or that it does not exist.
func objectsLeft(s *script, ts *testscript.TestScript, args []string) {
	got := "none"
	if n, exists := s.server.Buckets.Left(args[0]); exists {
		got = strconv.Itoa(n)
	}
	if got != args[1] {
		ts.Fatalf("%s has %s versions, want %s", args[0], got, args[1])
	}
}
