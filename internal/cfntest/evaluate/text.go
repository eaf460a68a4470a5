package evaluate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

// Text returns a value as CloudFormation compares and joins it: as text.
func Text(v any) string {
	switch v := v.(type) {
	case nil, noValue:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return JSON(v)
}

// JSON returns a value as JSON.
func JSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// same tells whether CloudFormation regards two values of a property as equal, such as 1 and "1".
func same(a, b any) bool {
	return reflect.DeepEqual(a, b) || Text(a) == Text(b)
}

// texts turns every leaf into text, as CloudFormation shows properties.
func texts(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for key, item := range v {
			m[key] = texts(item)
		}
		return m
	case []any:
		list := []any{}
		for _, item := range v {
			list = append(list, texts(item))
		}
		return list
	}
	return Text(v)
}

// Shown returns a value of a property as a change set shows it.
func Shown(v any) string {
	switch v.(type) {
	case map[string]any, []any:
		return JSON(texts(v))
	}
	return fmt.Sprint(Text(v))
}

func hash(seed string) [32]byte { return sha256.Sum256([]byte(seed)) }

// hexID returns n hexadecimal digits that follow from the seed, so that two equal runs have equal
// IDs.
func hexID(seed string, n int) string {
	sum := hash(seed)
	return hex.EncodeToString(sum[:])[:n]
}

// UUID returns a UUID that follows from the seed.
func UUID(seed string) string {
	h := hexID(seed, 32)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:32]
}
