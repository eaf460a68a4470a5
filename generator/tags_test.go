package generator_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

const allowedInTags = "letters, numbers, blanks and _ . : / = + - @"

// TestCheckTag checks single tags. Each row names the report or the document behind it.
func TestCheckTag(t *testing.T) {
	for _, test := range []struct{ source, key, value, want string }{
		{"a usual tag", "team", "ml", ""},
		{"API_Tag: the longest", strings.Repeat("é", 128), strings.Repeat("é", 256), ""},
		{"aws-sam-cli#1751, #1739", "foo:bar", "exp-date", ""},
		{"senza#470, stack_master#302", "key name", "a=b foo@bar/1.2+3_4", ""},
		{"letters and numbers of all languages", "分類", "проект Ⅳ ٣", ""},

		{"API_Tag: no key", "", "x", `tag key "" has 0 characters; wanted 1 to 128, like team`},
		{"API_Tag: key too long", strings.Repeat("k", 129), "x", `tag key "` + strings.Repeat("k", 129) +
			`" has 129 characters; wanted 1 to 128, like team`},
		{"API_Tag: key much too long", strings.Repeat("k", 999), "x", `tag key "` + strings.Repeat("k",
			200) + `…" has 999 characters; wanted 1 to 128, like team`},
		{"API_Tag: reserved", "AWS:x", "y", `tag key "AWS:x" begins with aws:, which AWS reserves; ` +
			`wanted another, like team`},
		{"batch tag-restrictions: reserved value", "team", "Aws:x",
			`tag team has the value "Aws:x", which begins with aws:, which AWS reserves; wanted another, ` +
				`like team=ml`},
		{"API_Tag, agnosticd#2473: no value", "team", "", "tag team has no value, which " +
			"CloudFormation does not take; wanted 1 to 256 characters, like team=yes"},
		{"API_Tag: value too long", "team", strings.Repeat("v", 257),
			"tag team has a value of 257 characters; wanted at most 256"},

		{"hyperswitch-suite#323, auto-tag#90: # ( ) , &", "owner", "Team #1 (ml), you & me",
			`tag owner has the value "Team #1 (ml), you & me" with the character #, which IAM does not ` +
				`take; wanted ` + allowedInTags + ", like owner=team-1"},
		{"cloud-custodian#2520: a comma", "creator", "X-1,Y-2",
			`tag creator has the value "X-1,Y-2" with the character ,, which IAM does not take; wanted ` +
				allowedInTags + ", like creator=team-1"},
		{"aws-sdk-go#2891: parentheses in the key", "cost(center)", "1",
			`tag key "cost(center)" has the character (, which IAM does not take; wanted ` + allowedInTags +
				", like cost-center"},
		{"aws-cli#3433: emoji", "🎉", "x", `tag key "🎉" has the character 🎉, which IAM does not take; ` +
			`wanted ` + allowedInTags + ", like cost-center"},
		{"field report 17: a newline", "a", "b\nc", `tag a has the value "b\nc" with the character ` +
			`U+000A, which IAM does not take; wanted ` + allowedInTags + ", like a=team-1"},
		{"field report 17: a tab", "a", "b\tc", `tag a has the value "b\tc" with the character ` +
			`U+0009, which IAM does not take; wanted ` + allowedInTags + ", like a=team-1"},
		{"an accent of its own", "a", "nai\u0308ve", "tag a has the value \"nai\u0308ve\" with the " +
			"character U+0308, which IAM does not take; wanted " + allowedInTags + ", like a=team-1"},
		{"zero width", "te\u200bam", "x", `tag key "te\u200bam" has the character U+200B, which IAM ` +
			`does not take; wanted ` + allowedInTags + ", like cost-center"},
		{"not UTF-8", "a", "\xff", `tag a has the value "\xff" with a byte that is not UTF-8, which ` +
			`IAM does not take; wanted ` + allowedInTags + ", like a=team-1"},

		{"aws-sam-cli#1925: blanks around the key", "team ", "ml",
			`tag key "team " begins or ends with a blank; wanted none there, like team`},
		{"aws-sam-cli#1925: blanks around the value", "team", " ml",
			`tag team has the value " ml", which begins or ends with a blank; wanted none there, like ` +
				`team=ml`},
		{"blanks that are not seen", "team", "ml\u00a0", "tag team has the value \"ml\\u00a0\", which " +
			"begins or ends with a blank; wanted none there, like team=ml"},
	} {
		t.Run(test.source, func(t *testing.T) {
			err := generator.CheckTag(test.key, test.value)
			if (err == nil) != (test.want == "") || err != nil && err.Error() != test.want {
				t.Errorf("%q=%q: got\n%v\nwant\n%s", test.key, test.value, err, test.want)
			}
		})
	}
}

// TestCheckTags checks tags together.
func TestCheckTags(t *testing.T) {
	many := func(n int) map[string]string {
		tags := map[string]string{}
		for i := range n {
			tags[fmt.Sprint("k", i)] = "x"
		}
		return tags
	}
	named := many(49)
	named["Name"] = "x"
	for _, c := range []struct {
		source string
		tags   map[string]string
		want   string
	}{
		{"none", nil, ""},
		{"IAM quotas: 49 and Name", many(49), ""},
		{"IAM quotas: 50 with Name", named, ""},
		{"IAM quotas: 50 and Name", many(50), "50 tags are given; with Name, which the template sets, " +
			"a resource would have 51; AWS takes at most 50"},
		{"API_CreateStack: 51", many(51), "51 tags are given; a stack has at most 50"},
		{"IAM id_tags, moto test_tag_role: keys that differ only in case", map[string]string{"Team": "a",
			"team": "b", "TEAM": "c"},
			"tags TEAM and Team differ only in case, and IAM takes both for one; keep one\n" +
				"tags Team and team differ only in case, and IAM takes both for one; keep one"},
		{"IAM id_tags: a key like one of the template", map[string]string{"name": "a"},
			"tag name differs only in case from Name, which the template sets, and IAM takes both for " +
				"one; wanted another key, like team"},
		{"a key of the template", map[string]string{"Name": "a"}, ""},
	} {
		t.Run(c.source, func(t *testing.T) {
			got := ""
			if err := errors.Join(core.Component.CheckTags(c.tags)...); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestRetiredParameters refuses parameters of older versions by name, in every form of a
// parameter file, with what replaces them.
func TestRetiredParameters(t *testing.T) {
	for name, successor := range core.Component.Retired {
		want := "parameter " + name + " is retired: " + successor
		for _, text := range []string{
			"Parameters:\n  " + name + ": true\n",
			`[{"ParameterKey": "` + name + `", "ParameterValue": "true"}]`,
			`[{"ParameterKey": "` + name + `", "UsePreviousValue": true}]`,
			name + "=true\n",
		} {
			file, err := core.Component.ReadFile("p.yaml", []byte(text))
			if err == nil || !strings.HasSuffix(err.Error(),
				want) || len(file.Parameters)+len(file.Previous) > 0 {
				t.Errorf("%s: got %v, want %s", text, err, want)
			}
		}
	}
	if len(core.Component.Retired) == 0 {
		t.Error("no parameter is retired: this test checks nothing")
	}
}

// TestDynamicReferences refuses references with the command that resolves them.
// aws-deployment-framework#22, #809, LambdaSharp#96.
func TestDynamicReferences(t *testing.T) {
	for value, command := range map[string]string{
		"{{resolve:ssm:/network/vpc-id}}": "aws ssm get-parameter --name /network/vpc-id --query " +
			"Parameter.Value --output text",
		"{{resolve:ssm:/network/vpc-id:2}}": "aws ssm get-parameter --name /network/vpc-id --query " +
			"Parameter.Value --output text",
		"{{resolve:ssm-secure:vpc}}": "aws ssm get-parameter --with-decryption --name vpc " +
			"--query Parameter.Value --output text",
		"{{resolve:secretsmanager:vpc:Secr}}": "aws secretsmanager get-secret-value --secret-id vpc " +
			"--query SecretString --output text",
	} {
		_, err := core.Component.ReadFile("p.yaml", []byte("Parameters: {ExistingVpcId: '"+value+"'}"))
		want := fmt.Sprintf("p.yaml:1:29: ExistingVpcId: %q is a dynamic reference, which is not "+
			"resolved here; "+
			`give the value itself: --existing-vpc-id "$(%s)"`, value, command)
		if err == nil || err.Error() != want {
			t.Errorf("got\n%v\nwant\n%s", err, want)
		}
	}
}

// TestLongValue refuses a value that CloudFormation does not take, without showing it.
func TestLongValue(t *testing.T) {
	p := core.Component.Lookup("JobPolicyArns")
	if err := p.Check(strings.Repeat("a", 4097)); err == nil || err.Error() != "the value is "+
		"longer than 4096 bytes, the most that CloudFormation takes" {
		t.Errorf("got %v", err)
	}
	arn := "arn:aws:iam::123456789012:policy/" + strings.Repeat("p", 127-33)
	if err := p.Check(strings.Repeat(arn+",", 31) + arn); err != nil {
		t.Error(err)
	}
}

// TestReadFilePrevious returns the parameters that keep the stack's value.
func TestReadFilePrevious(t *testing.T) {
	text := "- {ParameterKey: MaxvCpus, UsePreviousValue: true}\n- ParameterKey: DesiredvCpus\n  " +
		"UsePreviousValue: true\n"
	file, err := core.Component.ReadFile("p.yaml", []byte(text))
	want := map[string]string{"MaxvCpus": "p.yaml:1:3", "DesiredvCpus": "p.yaml:2:3"}
	if err != nil || !maps.Equal(file.Previous, want) || len(file.Parameters) > 0 {
		t.Errorf("got %v, %v, want %v", file, err, want)
	}
}
