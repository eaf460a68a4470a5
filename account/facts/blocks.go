package facts

import (
	"encoding/binary"
	"net/netip"
	"slices"
)

// Largest and smallest are the sizes of the blocks that FreeBlocks returns, as lengths of prefixes.
// EC2 takes no subnet that is smaller than /28.
// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
const largest, smallest = 24, 28

// FreeBlocks returns n IPv4 CIDR blocks of one size inside of some ranges, which overlap neither the
// taken ones nor each other: of the largest size from /24 to /28 that has room, with the lowest
// addresses. It returns nil if the ranges have too little room. The order of the taken blocks does not matter.
func FreeBlocks(ranges, taken []netip.Prefix, n int) []netip.Prefix {
	for bits := largest; bits <= smallest; bits++ {
		if free := freeOfSize(ranges, taken, n, bits); len(free) == n {
			return free
		}
	}
	return nil
}

// freeOfSize returns at most n free blocks of a size.
func freeOfSize(ranges, taken []netip.Prefix, n, bits int) (free []netip.Prefix) {
	for _, r := range ranges {
		if !r.Addr().Is4() || r.Bits() > bits {
			continue
		}
		for i := range uint32(1) << (bits - r.Bits()) {
			if len(free) == n {
				return free
			}
			block := netip.PrefixFrom(after(r.Masked().Addr(), i<<(32-bits)), bits)
			used := func(t netip.Prefix) bool { return t.Overlaps(block) }
			if !slices.ContainsFunc(taken, used) && !slices.ContainsFunc(free, used) {
				free = append(free, block)
			}
		}
	}
	return free
}

// after returns the address that many addresses after another one.
func after(a netip.Addr, distance uint32) netip.Addr {
	b := a.As4()
	binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])+distance)
	return netip.AddrFrom4(b)
}
