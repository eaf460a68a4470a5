package awsconfig

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
)

// proxyVariables returns the variables that name the proxies in use. Go takes the first
// that is set (golang.org/x/net/http/httpproxy).
func proxyVariables() []string {
	if os.Getenv("NO_PROXY") == "*" || os.Getenv("no_proxy") == "*" {
		return nil
	}
	var names []string
	if name := firstSet("HTTPS_PROXY", "https_proxy"); name != "" {
		names = append(names, name)
	}
	plain := slices.ContainsFunc(endpointVariables(), func(name string) bool {
		return strings.HasPrefix(os.Getenv(name), "http://")
	})
	if name := firstSet("HTTP_PROXY", "http_proxy"); name != "" && plain {
		names = append(names, name)
	}
	return names
}

// checkProxies returns the variable whose proxy cannot be used. Go would ignore it in
// silence and connect without any proxy.
func checkProxies() *Problem {
	for _, name := range proxyVariables() {
		if !isProxy(os.Getenv(name)) {
			return &Problem{false, fmt.Errorf("%s is not a URL like http://proxy:8080", name),
				"Set it again, with % and @ of a password as %25 and %40, or unset it"}
		}
	}
	return nil
}

// isProxy reports whether Go's HTTP client can use a proxy. It takes a host and port
// without a scheme too.
func isProxy(value string) bool {
	u, err := url.Parse(value)
	if !strings.Contains(value, "://") {
		u, err = url.Parse("http://" + value)
	}
	known := []string{"http", "https", "socks5", "socks5h"}
	return err == nil && u.Hostname() != "" && strings.Trim(u.Path, "/") == "" &&
		slices.Contains(known, u.Scheme)
}

// proxyOf returns the variable of the proxy that a call failed at, or nothing.
func proxyOf(err error) string {
	var socket *net.OpError
	atProxy := errors.As(err, &socket) && socket.Op == "proxyconnect" ||
		strings.Contains(err.Error(), "Proxy Authentication Required") ||
		strings.Contains(err.Error(), "socks connect")
	var sent *url.Error
	switch {
	case !atProxy:
		return ""
	case errors.As(err, &sent) && strings.HasPrefix(sent.URL, "http://"):
		return firstSet("HTTP_PROXY", "http_proxy")
	}
	return firstSet("HTTPS_PROXY", "https_proxy")
}
