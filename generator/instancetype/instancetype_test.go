package instancetype_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator/instancetype"
)

// TestFamilies compares what names say with what EC2 says.
func TestFamilies(t *testing.T) {
	text, err := os.ReadFile("testdata/families.txt")
	if err != nil {
		t.Fatal(err)
	}
	families := 0
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		families++
		fields := strings.Fields(line)
		family, architecture, accelerator := fields[0], fields[1], fields[2]
		if accelerator == "-" {
			accelerator = ""
		}
		for _, size := range fields[3:] {
			size, vcpus, _ := strings.Cut(size, "=")
			got := instancetype.Parse(family + "." + size)
			if got.Family != family || got.Generation == 0 {
				t.Errorf("%s: family %q of generation %d", got.Name, got.Family, got.Generation)
			}
			if string(got.Accelerator) != accelerator {
				t.Errorf("%s: accelerator %q, want %q", got.Name, got.Accelerator, accelerator)
			}
			if mac := architecture == "mac"; got.Mac() != mac {
				t.Errorf("%s: Mac is %t", got.Name, got.Mac())
			} else if !mac && string(got.Architecture) != architecture {
				t.Errorf("%s: %q, want %q", got.Name, got.Architecture, architecture)
			}
			n, err := strconv.Atoi(vcpus)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if small := n < 2; !small && got.VCPUs() > n {
				t.Errorf("%s: at least %d vCPUs, and it has %d", got.Name, got.VCPUs(), n)
			}
			if strings.HasSuffix(size, "xlarge") && n > 2*got.VCPUs() {
				t.Errorf("%s: at least %d vCPUs is too low: it has %d", got.Name, got.VCPUs(), n)
			}
		}
	}
	if families < 150 {
		t.Errorf("%d families are too few", families)
	}
}

// TestParse reads what EC2's answer does not have: words, families alone, retired and
// unknown ones.
func TestParse(t *testing.T) {
	for _, test := range []struct {
		name         string
		architecture instancetype.Architecture
		accelerator  instancetype.Accelerator
		noImage      bool
		source       string
	}{
		{"optimal", instancetype.X86, "", false, "botocore ComputeResource.instanceTypes"},
		{"default_x86_64", instancetype.X86, "", false, "botocore ComputeResource.instanceTypes"},
		{"default_arm64", instancetype.Arm, "", false, "botocore ComputeResource.instanceTypes"},
		{"m6i", instancetype.X86, "", false, "EC2 instance type names"},
		{"m7g.large", instancetype.Arm, "", false, "aws/aws-cdk#31510"},
		{"a1.large", instancetype.Arm, "", true, "botocore Ec2Configuration.imageType"},
		{"p2.xlarge", instancetype.X86, instancetype.NVIDIA, true, "Netflix/metaflow#250"},
		{"p3.2xlarge", instancetype.X86, instancetype.NVIDIA, true,
			"botocore Ec2Configuration.imageType"},
		{"p3dn", instancetype.X86, instancetype.NVIDIA, true, "botocore Ec2Configuration.imageType"},
		{"g2", instancetype.X86, instancetype.NVIDIA, true, "botocore Ec2Configuration.imageType"},
		{"g3s.xlarge", instancetype.X86, instancetype.NVIDIA, true,
			"botocore Ec2Configuration.imageType"},
		{"g5g.xlarge", instancetype.Arm, instancetype.NVIDIA, true,
			"aws-samples/aws-batch-with-ffmpeg#14"},
		{"p6e-gb200.36xlarge", instancetype.Arm, instancetype.NVIDIA, true, "EC2 P6e, Grace Blackwell"},
		{"g4dn.xlarge", instancetype.X86, instancetype.NVIDIA, false,
			"outerbounds/terraform-aws-metaflow#29"},
		{"g4ad.xlarge", instancetype.X86, instancetype.AMD, false, "EC2 G4ad"},
		{"f1.2xlarge", instancetype.X86, "", false, "EC2 F1"},
		{"u-12tb1.112xlarge", instancetype.X86, "", false, "EC2 U-1"},
		{"m99zq.large", instancetype.X86, "", false, "a family to come"},
		{"quantum", "", "", false, "a name of another form"},
		{"m99999999999999999999.large", instancetype.X86, "", false, "a number that is too long"},
	} {
		got := instancetype.Parse(test.name)
		if got.Architecture != test.architecture || got.Accelerator != test.accelerator ||
			(got.NoImage() != "") != test.noImage || got.Name != test.name {
			t.Errorf("%s (%s): %+v, no image: %q", test.name, test.source, got, got.NoImage())
		}
	}
}

// TestParseList reads lists as parameters have them.
func TestParseList(t *testing.T) {
	for list, want := range map[string]string{
		"": "", "m6i": "m6i", "m6i, c6i.large,": "m6i+c6i.large",
	} {
		var names []string
		for _, parsed := range instancetype.ParseList(list) {
			names = append(names, parsed.Name)
		}
		if got := strings.Join(names, "+"); got != want {
			t.Errorf("%q: %q, want %q", list, got, want)
		}
	}
}
