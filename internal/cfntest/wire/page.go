package wire

import (
	"encoding/base64"
	"strconv"
)

// loopToken is the NextToken of a server that repeats its page for ever: see LoopToken.
const loopToken = "loop"

// Page cuts a list that does not change between calls; the token says where the next page begins.
func Page(list []*Node, token string, size int) (cut []*Node, next string, fail *Error) {
	from, fail := Offset(token, len(list))
	if fail != nil {
		return nil, "", fail
	}
	list = list[from:]
	if len(list) > size {
		return list[:size], Token(strconv.Itoa(from + size)), nil
	}
	return list, "", nil
}

// Offset reads a token that is a number from 0 to a length.
func Offset(token string, length int) (int, *Error) {
	if token == "" || token == loopToken {
		return 0, nil
	}
	n, err := strconv.Atoi(Untoken(token))
	if err != nil || n < 0 || n > length {
		return 0, Invalid("NextToken is invalid")
	}
	return n, nil
}

// Token returns a NextToken for a text.
func Token(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// Untoken returns the text of a NextToken, empty when the server did not write it.
func Untoken(token string) string {
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return ""
	}
	return string(text)
}

// loop sets a reply's NextToken to one that leads to the same page.
func loop(result *Node) {
	for _, child := range result.Children {
		if child != nil && child.Name == "NextToken" {
			child.Text = loopToken
			return
		}
	}
	result.Add(Text("NextToken", loopToken))
}
