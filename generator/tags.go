package generator

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// Tags of a stack go to all its resources, so they must be what each service takes. A tag
// that one of them refuses would make the creation fail and be rolled back.
//
//	CloudFormation  key 1 to 128 characters, value 1 to 256; no key that begins with aws:
//	                https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html
//	IAM             letters, numbers, blanks and _.:/=+-@; keys that differ only in case
//	                are one; 50 tags a role
//	                https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
//	                https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
//	S3              the same characters, 50 tags a bucket
//	                https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_Tag.html
//	Batch           50 tags; no key or value that begins with aws:, in any case
//	                https://docs.aws.amazon.com/batch/latest/userguide/tag-restrictions.html
//	EC2             50 tags, any characters
//	                https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256

	tagCharacters = "letters, numbers, blanks and _ . : / = + - @"
)

// otherThanTag finds the first character that IAM does not take in a tag. Its own pattern
// is [\p{L}\p{Z}\p{N}_.:/=+\-@]*.
var otherThanTag = regexp.MustCompile(`[^\p{L}\p{Z}\p{N}_.:/=+\-@]`)

// CheckTag returns what is wrong with a tag of a stack, with what is wanted and an example.
func CheckTag(key, value string) error {
	switch n := utf8.RuneCountInString(key); {
	case n == 0 || n > maxTagKey:
		return fmt.Errorf("tag key %q has %d characters; wanted 1 to %d, like team",
			abbreviated(key), n, maxTagKey)
	case reserved(key):
		return fmt.Errorf("tag key %q begins with aws:, which AWS reserves; wanted another, like team",
			key)
	case otherThanTag.MatchString(key):
		return fmt.Errorf("tag key %q has %s, which IAM does not take; wanted %s, like cost-center",
			key, character(key), tagCharacters)
	case padded(key):
		return fmt.Errorf("tag key %q begins or ends with a blank; wanted none there, like team", key)
	}
	switch n := utf8.RuneCountInString(value); {
	case n == 0:
		return fmt.Errorf("tag %s has no value, which CloudFormation does not take; wanted 1 to %d "+
			"characters, like %[1]s=yes", key, maxTagValue)
	case n > maxTagValue:
		return fmt.Errorf("tag %s has a value of %d characters; wanted at most %d", key, n, maxTagValue)
	case reserved(value):
		return fmt.Errorf("tag %s has the value %q, which begins with aws:, which AWS reserves; "+
			"wanted another, like %[1]s=ml", key, value)
	case otherThanTag.MatchString(value):
		return fmt.Errorf("tag %s has the value %q with %s, which IAM does not take; wanted %s, "+
			"like %[1]s=team-1", key, value, character(value), tagCharacters)
	case padded(value):
		return fmt.Errorf("tag %s has the value %q, which begins or ends with a blank; wanted none "+
			"there, like %[1]s=ml", key, value)
	}
	return nil
}

// CheckTags returns what is wrong with tags of a stack together, each of which is sound.
func (c *Component) CheckTags(tags map[string]string) []error {
	var errs []error
	own := c.ownTags()
	added := slices.DeleteFunc(slices.Clone(own), func(key string) bool {
		_, given := tags[key]
		return given
	})
	switch {
	case len(tags) > maxTags:
		errs = append(errs, fmt.Errorf("%d tags are given; a stack has at most %d", len(tags), maxTags))
	case len(tags)+len(added) > maxTags:
		errs = append(errs, fmt.Errorf("%d tags are given; with %s, which the template sets, a resource "+
			"would have %d; AWS takes at most %d", len(tags), strings.Join(added, " and "),
			len(tags)+len(added), maxTags))
	}
	folded := map[string]string{}
	for _, key := range own {
		folded[strings.ToLower(key)] = key
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		other, clash := folded[strings.ToLower(key)]
		switch {
		case clash && other != key && slices.Contains(own, other):
			errs = append(errs, fmt.Errorf("tag %s differs only in case from %s, which the template sets, "+
				"and IAM takes both for one; wanted another key, like team", key, other))
		case clash && other != key:
			errs = append(errs, fmt.Errorf("tags %s and %s differ only in case, and IAM takes both for "+
				"one; keep one", other, key))
		}
		folded[strings.ToLower(key)] = key
	}
	return errs
}

// ownTags returns the keys of the tags that the template sets on resources.
func (c *Component) ownTags() []string {
	var keys []string
	for _, r := range c.Built().Resources {
		keys = append(keys, tagKeys(r)...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// tagKeys returns the keys of the tags of a resource, which are a list or a map.
func tagKeys(r cfn.Resource) []string {
	switch tags := r.Properties["Tags"].(type) {
	case map[string]any:
		return slices.Collect(maps.Keys(tags))
	case []any:
		var keys []string
		for _, tag := range tags {
			if pair, ok := tag.(map[string]any); ok {
				if key, ok := pair["Key"].(string); ok {
					keys = append(keys, key)
				}
			}
		}
		return keys
	}
	return nil
}

// reserved reports whether a key or a value begins with aws:, in any case.
func reserved(text string) bool {
	return len(text) >= 4 && strings.EqualFold(text[:4], "aws:")
}

// padded reports whether text begins or ends with a blank. IAM takes that; the key then
// is one that nobody who types it finds.
func padded(text string) bool {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.In(r, unicode.Z) }) != text
}

// character names the first character of text that IAM does not take.
func character(text string) string {
	found := otherThanTag.FindString(text)
	r, size := utf8.DecodeRuneInString(found)
	switch {
	case r == utf8.RuneError && size <= 1:
		return "a byte that is not UTF-8"
	case unicode.IsGraphic(r) && !unicode.Is(unicode.M, r):
		return fmt.Sprintf("the character %c", r)
	}
	return fmt.Sprintf("the character %U", r)
}

// abbreviated returns the beginning of text that is much too long.
func abbreviated(text string) string {
	const most = 200
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}
