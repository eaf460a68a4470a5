package wire

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Error is an error as AWS answers it.
type Error struct {
	Status        int
	Code, Message string
}

// Error returns the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Invalid returns a ValidationError.
func Invalid(format string, args ...any) *Error {
	return Refused("ValidationError", format, args...)
}

// Refused returns an error with status 400.
func Refused(code, format string, args ...any) *Error {
	return &Error{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}

// Node is an element of a reply.
type Node struct {
	Name, Text string
	Children   []*Node // nil ones are left out
}

// Add appends children and returns the element.
func (n *Node) Add(children ...*Node) *Node {
	n.Children = append(n.Children, children...)
	return n
}

// Element returns an element with children; the name of a result's root does not matter.
func Element(name string, children ...*Node) *Node { return &Node{Name: name, Children: children} }

// Structure returns an element with a leaf for each pair of a name and a value; empty values are
// left out.
func Structure(name string, pairs ...string) *Node {
	n := Element(name)
	for i := 0; i+1 < len(pairs); i += 2 {
		n.Add(Text(pairs[i], pairs[i+1]))
	}
	return n
}

// Text returns a leaf, or nil when the value is empty.
func Text(name, value string) *Node {
	if value == "" {
		return nil
	}
	return &Node{Name: name, Text: value}
}

// Leaf returns a leaf also when the value is empty.
func Leaf(name, value string) *Node { return &Node{Name: name, Text: value} }

// Bool returns a leaf with true or false.
func Bool(name string, value bool) *Node { return Leaf(name, strconv.FormatBool(value)) }

// Time returns a leaf with a timestamp, or nil for the zero time.
func Time(name string, t time.Time) *Node {
	if t.IsZero() {
		return nil
	}
	return Leaf(name, t.UTC().Format("2006-01-02T15:04:05.000Z"))
}

// List returns a list of structures.
func List(name string, items []*Node) *Node {
	list := Element(name)
	for _, item := range items {
		list.Add(&Node{Name: "member", Children: item.Children, Text: item.Text})
	}
	return list
}

// Items returns a list of structures as EC2 writes it.
func Items(name string, items []*Node) *Node {
	list := Element(name)
	for _, item := range items {
		list.Add(&Node{Name: "item", Children: item.Children})
	}
	return list
}

// TextList returns a list of strings.
func TextList(name string, items []string) *Node {
	list := Element(name)
	for _, item := range items {
		list.Add(Leaf("member", item))
	}
	return list
}

func (n *Node) write(b *strings.Builder, rawControls bool) {
	fmt.Fprintf(b, "<%s>", n.Name)
	escape(b, n.Text, rawControls)
	for _, child := range n.Children {
		if child != nil {
			child.write(b, rawControls)
		}
	}
	fmt.Fprintf(b, "</%s>", n.Name)
}

// escape writes character data. Control characters, which XML 1.0 allows in neither form, stay in
// the reply: AWS sends them, and a client has to cope.
func escape(b *strings.Builder, s string, rawControls bool) {
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '\r', r < ' ' && r != '\n' && r != '\t' && !rawControls:
			fmt.Fprintf(b, "&#x%X;", r)
		default:
			b.WriteRune(r)
		}
	}
}

// serviceOf returns the service of an action, as IAM names it.
func serviceOf(action string) string {
	switch action {
	case "GetCallerIdentity":
		return "sts"
	case "DescribeAvailabilityZones", "DescribeInternetGateways", "DescribeNatGateways",
		"DescribeRouteTables", "DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcEndpoints",
		"DescribeVpcs", "DescribeNetworkInterfaces":
		return "ec2"
	case "GetRole", "GetInstanceProfile", "ListAttachedRolePolicies":
		return "iam"
	}
	return "cloudformation"
}

// XML namespaces of the services.
const (
	ec2XMLNS            = "http://ec2.amazonaws.com/doc/2016-11-15/"
	cloudFormationXMLNS = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
	iamXMLNS            = "https://iam.amazonaws.com/doc/2010-05-08/"
	stsXMLNS            = "https://sts.amazonaws.com/doc/2011-06-15/"
)

// render returns the body of a reply: ActionResponse around ActionResult, or an ErrorResponse.
func (e *Endpoint) render(action, requestID string, result *Node, fail *Error) string {
	xmlns := cloudFormationXMLNS
	switch serviceOf(action) {
	case "sts":
		xmlns = stsXMLNS
	case "iam":
		xmlns = iamXMLNS
	case "ec2":
		return e.renderEC2(action, requestID, result, fail)
	}
	var b strings.Builder
	if fail != nil {
		kind := "Sender"
		if fail.Status >= 500 {
			kind = "Receiver"
		}
		fmt.Fprintf(&b, "<ErrorResponse xmlns=%q>", xmlns)
		Element("Error", Text("Type", kind), Text("Code", fail.Code), Text("Message", fail.Message)).
			write(&b, e.opts.RawControls)
		Text("RequestId", requestID).write(&b, false)
		b.WriteString("</ErrorResponse>")
		return b.String()
	}
	fmt.Fprintf(&b, "<%sResponse xmlns=%q>", action, xmlns)
	if result != nil {
		(&Node{Name: action + "Result", Children: result.Children}).write(&b, e.opts.RawControls)
	}
	Element("ResponseMetadata", Text("RequestId", requestID)).write(&b, false)
	fmt.Fprintf(&b, "</%sResponse>", action)
	return b.String()
}

// renderEC2 returns the body of a reply of EC2, which has no element around the result.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
func (e *Endpoint) renderEC2(action, requestID string, result *Node, fail *Error) string {
	var b strings.Builder
	if fail != nil {
		failure := Element("Error", Text("Code", fail.Code), Text("Message", fail.Message))
		Element("Response", Element("Errors", failure), Text("RequestID", requestID)).
			write(&b, e.opts.RawControls)
		return b.String()
	}
	fmt.Fprintf(&b, "<%sResponse xmlns=%q>", action, ec2XMLNS)
	Text("requestId", requestID).write(&b, false)
	if result != nil {
		for _, child := range result.Children {
			child.write(&b, e.opts.RawControls)
		}
	}
	fmt.Fprintf(&b, "</%sResponse>", action)
	return b.String()
}
