// Package instancetype reads what the names of EC2's instance types and families say: the
// architecture, the accelerator, the vCPUs, and whether AWS Batch has an image for them. A name
// that it does not know is valid: new families appear every year.
// https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
package instancetype

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Type is an instance type, a family, or a word for several of them, like optimal.
type Type struct {
	Name         string
	Family       string       // m7gd of m7gd.large
	Series       string       // m
	Generation   int          // 7; 0: none in the name
	Architecture Architecture // empty: not known
	Accelerator  Accelerator  // empty: none, or not known
}

// Architecture is that of the processor, as EC2 calls it.
type Architecture string

// The architectures that jobs run on.
const (
	X86 Architecture = "x86_64"
	Arm Architecture = "arm64"
)

// Accelerator is the kind of the accelerators.
type Accelerator string

// The accelerators that need a driver in the image.
const (
	NVIDIA Accelerator = "NVIDIA" // GPU
	AMD    Accelerator = "AMD"    // GPU
	Neuron Accelerator = "Neuron" // Inferentia and Trainium
)

// words are what AWS Batch takes for families that it chooses.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html
var words = map[string]Architecture{
	"optimal": X86, "default_x86_64": X86, "default_arm64": Arm,
}

// family is the series, the generation, the letters of the processor and of options, and a
// suffix, like m 7 gd or p 6 e -gb200. In u-6tb1 the number is that of terabytes, in mac-m4 that
// of the processor.
var family = regexp.MustCompile(`^([a-z]+)(?:-m|-)?([0-9]+)([a-z0-9]*)(-[a-z0-9]+)?$`)

// Parse returns what a name says.
func Parse(name string) Type {
	t := Type{Name: name, Architecture: words[name]}
	t.Family, _, _ = strings.Cut(name, ".")
	parts := family.FindStringSubmatch(t.Family)
	if parts == nil || t.Architecture != "" {
		return t
	}
	options, suffix := parts[3], parts[4]
	t.Series = parts[1]
	t.Generation, _ = strconv.Atoi(parts[2]) // digits; too many are an unknown generation
	switch {
	case t.Series == "mac": // one of two architectures, and macOS in any case
	case t.Family == "a1", strings.Contains(options, "g"), strings.HasPrefix(suffix, "-gb"):
		t.Architecture = Arm // Graviton, or NVIDIA's Grace
	default:
		t.Architecture = X86
	}
	switch t.Series {
	case "g", "gr", "p":
		t.Accelerator = NVIDIA
		if strings.HasPrefix(options, "a") {
			t.Accelerator = AMD
		}
	case "inf", "trn":
		t.Accelerator = Neuron
	}
	return t
}

// ParseList returns the types of a list that is separated by commas.
func ParseList(list string) []Type {
	var types []Type
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			types = append(types, Parse(name))
		}
	}
	return types
}

// Mac reports whether the type runs macOS. It needs a Dedicated Host, which AWS Batch does not
// have.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-mac-instances.html
func (t Type) Mac() bool { return t.Series == "mac" }

// NoImage returns why AWS Batch has no image for the type, or nothing.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_Ec2Configuration.html
func (t Type) NoImage() string {
	switch {
	case t.Family == "a1":
		return "Amazon Linux 2023 does not support A1"
	case t.Accelerator == NVIDIA && t.Architecture == Arm:
		return "ECS_AL2023_NVIDIA does not support arm64"
	case t.Series == "p" && t.Generation <= 3, t.Series == "g" && t.Generation <= 3:
		return "ECS_AL2023_NVIDIA does not support P3, G3 and older ones"
	}
	return ""
}

// VCPUs returns how many vCPUs an instance has at least, but for sizes below large. A family
// counts as its large.
func (t Type) VCPUs() int {
	_, size, _ := strings.Cut(t.Name, ".")
	multiple, ok := strings.CutSuffix(size, "xlarge")
	if !ok {
		return 2
	}
	n, err := strconv.Atoi(multiple)
	if err != nil || n < 1 || n > 1000 {
		n = 1
	}
	if slices.Contains([]string{"m2", "hpc6a", "hpc6id", "hpc7a", "hpc7g", "hpc8a"}, t.Family) {
		return 2 * n
	}
	return 4 * n
}
