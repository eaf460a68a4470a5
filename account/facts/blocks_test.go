package facts_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
)

func TestFreeBlocks(t *testing.T) {
	for _, test := range []struct {
		name, ranges, taken string
		n                   int
		want                string
	}{
		{"default VPC with its subnets", "172.31.0.0/16", "172.31.0.0/20 172.31.16.0/20 172.31.32.0/20",
			2, "172.31.48.0/24 172.31.49.0/24"},
		{"between what is there", "10.0.0.0/16", "10.0.0.0/24 10.0.2.0/24", 2, "10.0.1.0/24 10.0.3.0/24"},
		{"small VPC", "10.1.2.0/24", "", 4, "10.1.2.0/26 10.1.2.64/26 10.1.2.128/26 10.1.2.192/26"},
		{"small VPC with a subnet", "10.1.2.0/24", "10.1.2.0/25", 3,
			"10.1.2.128/27 10.1.2.160/27 10.1.2.192/27"},
		{"two ranges", "10.0.0.0/24 10.9.0.0/23", "10.0.0.0/25", 2, "10.9.0.0/24 10.9.1.0/24"},
		{"full VPC", "10.0.0.0/24", "10.0.0.0/24", 1, ""},
		{"too little room", "10.0.0.0/27", "", 4, ""},
		{"range without IPv4", "fd00::/64", "", 1, ""},
		{"last addresses", "255.255.255.0/24", "", 1, "255.255.255.0/24"},
	} {
		got := facts.FreeBlocks(prefixes(test.ranges), prefixes(test.taken), test.n)
		if !slices.Equal(got, prefixes(test.want)) {
			t.Errorf("%s: got %v, want %s", test.name, got, test.want)
		}
	}
}

func prefixes(text string) (all []netip.Prefix) {
	for _, word := range strings.Fields(text) {
		all = append(all, netip.MustParsePrefix(word))
	}
	return all
}

// TestFreeBlocksHolds: in any VPC, the blocks are inside, aligned, apart from each other and from
// what is there, and the same in any order; where there are none, there is no room for them.
func TestFreeBlocksHolds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 5000 {
		vpc := block(random, netip.MustParsePrefix("10.0.0.0/8"), 16, 28)
		var taken []netip.Prefix
		for range random.IntN(12) {
			taken = append(taken, block(random, vpc, vpc.Bits(), 28))
		}
		n := 1 + random.IntN(4)
		what := fmt.Sprintf("%d in %s beside %v", n, vpc, taken)
		free := facts.FreeBlocks([]netip.Prefix{vpc}, taken, n)
		for i, p := range free {
			if p != p.Masked() || p.Bits() < vpc.Bits() || !vpc.Contains(p.Addr()) {
				t.Errorf("%s: %s is not aligned or not inside", what, p)
			}
			if slices.ContainsFunc(slices.Concat(taken, free[:i]), p.Overlaps) {
				t.Errorf("%s: %s overlaps", what, p)
			}
		}
		random.Shuffle(len(taken), func(i, j int) { taken[i], taken[j] = taken[j], taken[i] })
		if again := facts.FreeBlocks([]netip.Prefix{vpc}, taken, n); !slices.Equal(again, free) {
			t.Errorf("%s: %v, and %v in another order", what, free, again)
		}
		switch {
		case free != nil && len(free) != n:
			t.Errorf("%s: %v", what, free)
		case free == nil && room(vpc, taken) >= n:
			t.Errorf("%s: none, and there is room for %d", what, room(vpc, taken))
		case free != nil:
			found++
		}
	}
	if found < 1000 || found > 4900 {
		t.Errorf("%d of 5000 have room: the test says little", found)
	}
}

// block returns a block inside of another one.
func block(random *rand.Rand, in netip.Prefix, least, most int) netip.Prefix {
	bits := least + random.IntN(most-least+1)
	a := in.Addr().As4()
	offset := uint32(random.Uint64N(1 << (32 - in.Bits())))
	for i := range a {
		a[i] |= byte(offset >> (24 - 8*i))
	}
	return netip.PrefixFrom(netip.AddrFrom4(a), bits).Masked()
}

// room counts the free blocks of the smallest size.
func room(vpc netip.Prefix, taken []netip.Prefix) (n int) {
	for a := vpc.Masked().Addr(); vpc.Contains(a); {
		p := netip.PrefixFrom(a, 28)
		if !slices.ContainsFunc(taken, p.Overlaps) {
			n++
		}
		for range 16 {
			a = a.Next()
		}
	}
	return n
}
