package cfntest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func TestDescribeStacksWithoutAName(t *testing.T) {
	const body = "Description: mine\nParameters: {Bucket: {Type: String}}\nResources: {A: {Type: T}}\n"
	bubble(t, cfntest.Options{StackPageSize: 2}, func(w *fixture) {
		top := w.srv.Seed(cfntest.Stack{Name: "top", Template: body,
			Parameters: map[string]string{"Bucket": "b"}})
		middle := w.srv.Seed(cfntest.Stack{Name: "middle", ParentID: top})
		w.srv.Seed(cfntest.Stack{Name: "leaf", ParentID: middle})
		w.srv.Seed(cfntest.Stack{Name: "gone", Status: "DELETE_COMPLETE"})
		w.srv.Seed(cfntest.Stack{Name: "elsewhere", Region: "eu-west-1"})
		w.changeSet("empty", "one", "CREATE", network)
		var got []string
		sizes := ""
		pages := cloudformation.NewDescribeStacksPaginator(w.c, &cloudformation.DescribeStacksInput{})
		for pages.HasMorePages() {
			out, err := pages.NextPage(w.Context())
			w.must(err)
			sizes += fmt.Sprint(len(out.Stacks))
			for _, st := range out.Stacks {
				line := fmt.Sprint(*st.StackName, " ", aws.ToString(st.Description))
				for _, p := range st.Parameters {
					line += " " + *p.ParameterKey + "=" + *p.ParameterValue
				}
				if st.ParentId != nil {
					line += fmt.Sprint("parent ", *st.ParentId == middle, " root ", *st.RootId == top)
				}
				got = append(got, strings.TrimSpace(line))
			}
		}
		w.expect(got, `
			empty
			leaf parent true root true
			middle parent false root true
			top mine Bucket=b`)
		if sizes != "22" {
			t.Errorf("pages of %s", sizes)
		}
	})
}

func TestFaultsOfTheListAlone(t *testing.T) {
	ask := func(w *fixture, name *string) error {
		_, err := once(w).DescribeStacks(w.Context(),
			&cloudformation.DescribeStacksInput{StackName: name})
		return err
	}
	bubble(t, cfntest.Options{}, func(w *fixture) {
		arn := w.srv.Seed(cfntest.Stack{Name: "demo", Template: network})
		w.srv.Fault("DescribeStacks:list", cfntest.AccessDenied)
		w.must(ask(w, aws.String("demo")))
		w.refused(ask(w, nil), "AccessDenied", "cloudformation:DescribeStacks on resource: "+
			"arn:aws:cloudformation:us-east-1:123456789012:stack/*/* because no")
		w.srv.ClearFaults()

		hooks := 0
		w.srv.OnCall("DescribeStacks:list", 1, func() { hooks++ })
		w.srv.Fault("DescribeStacks:one", cfntest.AccessDenied)
		w.refused(ask(w, aws.String("demo")), "AccessDenied", "on resource: "+
			"arn:aws:cloudformation:us-east-1:123456789012:stack/demo/* because no")
		w.refused(ask(w, &arn), "AccessDenied", "on resource: "+arn+" because no")
		w.must(ask(w, nil))
		if hooks != 1 {
			t.Errorf("%d hooks ran", hooks)
		}

		w.srv.Fault("GetTemplate", cfntest.AccessDenied)
		_, err := w.c.GetTemplate(w.Context(), &cloudformation.GetTemplateInput{StackName: &arn})
		w.refused(err, "AccessDenied", "cloudformation:GetTemplate on resource: "+arn)
	})
}
