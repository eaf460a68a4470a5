package awsconfig

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"unicode"
)

// services are those that the program calls, as AWS_ENDPOINT_URL_… spells them.
// https://docs.aws.amazon.com/sdkref/latest/guide/ss-endpoints-table.html
var services = []string{"BATCH", "CLOUDFORMATION", "CLOUDWATCH_LOGS", "EC2", "S3", "SIGNIN", "SSO",
	"SSO_OIDC", "STS"}

// checkEnvironment returns every variable that is used and cannot be meant as it is.
// Values are not shown: they may be secrets.
func (s *Source) checkEnvironment() *Problem {
	var found []error
	check := func(name string, spaces bool) (clean bool) {
		what := stray(os.Getenv(name), spaces)
		if what != "" {
			found = append(found, fmt.Errorf("%s has %s", name, what))
		}
		return what == ""
	}
	for _, name := range s.words() {
		check(name, false)
	}
	for _, name := range s.phrases() {
		check(name, true)
	}
	for _, name := range endpointVariables() {
		value := os.Getenv(name)
		if check(name, false) && value != "" && !isEndpoint(value) {
			found = append(found, fmt.Errorf("%s is not a URL like https://localhost:4566", name))
		}
	}
	for _, name := range proxyVariables() {
		check(name, false)
	}
	if len(found) == 0 {
		return nil
	}
	return &Problem{true, errors.Join(found...), "Set the variable again, or unset it"}
}

// words returns the variables that are used and hold one word.
func (s *Source) words() []string {
	names := []string{"AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME"}
	if s.Profile == "" { // a profile of the command line wins over all of them
		names = append(names, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
	}
	if s.Region == "" {
		names = append(names, firstSet("AWS_REGION", "AWS_DEFAULT_REGION"))
	}
	return names
}

// phrases returns the variables that are used and may hold several words.
func (s *Source) phrases() []string {
	names := []string{"AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
		"AWS_WEB_IDENTITY_TOKEN_FILE"}
	if s.Profile == "" {
		names = append(names, firstSet("AWS_PROFILE", "AWS_DEFAULT_PROFILE"))
	}
	return names
}

// endpointVariables returns the variables that name an endpoint that is used.
func endpointVariables() []string {
	if strings.EqualFold(os.Getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true") {
		return nil
	}
	names := []string{"AWS_ENDPOINT_URL"}
	for _, service := range services {
		names = append(names, "AWS_ENDPOINT_URL_"+service)
	}
	return names
}

func isEndpoint(value string) bool {
	u, err := url.Parse(value)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

// stray returns the first character of a value that nobody means to give, in words, or
// nothing. spaces says that a space inside is meant, as in a path.
func stray(value string, spaces bool) string {
	runes := []rune(value)
	for i, r := range runes {
		edge := i == 0 || i == len(runes)-1
		where := "inside"
		switch i {
		case 0:
			where = "at its beginning"
		case len(runes) - 1:
			where = "at its end"
		}
		switch {
		case strings.ContainsRune("\"'`“”‘’«»", r) && edge:
			return "a quote (" + string(r) + ") " + where
		case r == '\r':
			return "a carriage return " + where + ", as files of Windows have"
		case r == '\n':
			return "a line break " + where
		case r == ' ' && (edge || !spaces):
			return "a space " + where
		case r != ' ' && (unicode.IsSpace(r) || !unicode.IsPrint(r)):
			return fmt.Sprintf("the invisible character U+%04X %s", r, where)
		}
	}
	return ""
}

// strayCredentials returns what is wrong with credentials that a file or a program gave.
func strayCredentials(from string, values map[string]string) *Problem {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if what := stray(values[name], false); what != "" {
			return &Problem{true, fmt.Errorf("the %s of %s has %s", name, from, what),
				"Write it again: aws configure"}
		}
	}
	return nil
}
