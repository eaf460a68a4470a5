// Package wire is the protocol side of package cfntest: it decodes calls of the query protocol of AWS,
// decides which faults hit them, logs them, lets a [Service] perform them and encodes the replies.
// It also makes clients that reach the server in memory. It knows nothing about stacks.
package wire
