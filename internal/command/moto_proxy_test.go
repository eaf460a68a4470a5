package command

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// motoProxy stands between the programs and moto for what moto does otherwise than
// CloudFormation: it takes the folder in the destination of a flow log for a part of
// the bucket's name, forgets the description of a stack that a change set makes, and takes absent
// elements of lists for None.
type motoProxy struct {
	testing.TB

	endpoint     string
	mu           sync.Mutex
	descriptions map[string]string // by stack
	sent         url.Values        // last request for a change set
	command      []string          // of the last job definition
	container    func(command []string)
}

// startProxy starts a proxy before a server. It ends with the test.
func startProxy(t *testing.T, endpoint string) *motoProxy {
	t.Helper()
	to, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	p := &motoProxy{TB: t, descriptions: map[string]string{}}
	server := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(to); p.request(r.Out) },
		ModifyResponse: p.response,
	})
	t.Cleanup(server.Close)
	p.endpoint = server.URL
	return p
}

// changeSet returns the parameters of the last change set that was asked for. Those
// that keep their value are empty.
func (p *motoProxy) changeSet() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	values := map[string]string{}
	for n := 1; ; n++ {
		member := fmt.Sprintf("Parameters.member.%d.", n)
		if !p.sent.Has(member + "ParameterKey") {
			return values
		}
		values[p.sent.Get(member+"ParameterKey")] = p.sent.Get(member + "ParameterValue")
	}
}

// request makes a template one that moto understands, and keeps its description.
func (p *motoProxy) request(r *http.Request) {
	r.Header.Del("Accept-Encoding")
	if r.Body == nil { // of a GET
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		p.Error(err)
	}
	text := string(body)
	p.startContainer(r.URL.Path, body)
	if form, err := url.ParseQuery(text); err == nil && form.Has("TemplateBody") {
		template := form.Get("TemplateBody")
		var described struct{ Description string }
		if json.Unmarshal([]byte(template), &described) == nil {
			p.mu.Lock()
			p.sent = form
			p.descriptions[form.Get("StackName")] = described.Description
			p.mu.Unlock()
		}
		form.Set("TemplateBody", wholeLists(p, strings.Replace(template,
			":s3:::${Bucket}/vpc\"", ":s3:::${Bucket}\"", 1)))
		text = form.Encode()
	}
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
}

var stackNames = regexp.MustCompile(`<StackName>([^<]+)</StackName>`)

// response adds the descriptions of stacks.
func (p *motoProxy) response(r *http.Response) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	text := string(body)
	if strings.Contains(text, "<DescribeStacksResult>") {
		p.mu.Lock()
		defer p.mu.Unlock()
		text = stackNames.ReplaceAllStringFunc(text, func(element string) string {
			name := stackNames.FindStringSubmatch(element)[1]
			description := "<Description>" + p.descriptions[name] + "</Description>"
			if strings.Contains(text, description) {
				return element
			}
			return element + description
		})
	}
	if strings.HasSuffix(r.Request.URL.Path, "/describejobs") { // an integer in AWS's model
		text = regexp.MustCompile(`"vcpus": ?[\d.]+`).ReplaceAllString(text, `"vcpus": 1`)
	}
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	r.Header.Del("Content-Length")
	return nil
}

// startContainer stands in for the container of a job, which moto does not start: the command of the
// job definition is run when a job is submitted.
func (p *motoProxy) startContainer(path string, body []byte) {
	var in struct{ ContainerProperties struct{ Command []string } }
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case strings.HasSuffix(path, "/registerjobdefinition") && json.Unmarshal(body, &in) == nil:
		p.command = in.ContainerProperties.Command
	case strings.HasSuffix(path, "/submitjob") && p.container != nil:
		p.container(p.command)
	}
}
