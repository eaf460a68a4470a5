// Command bench measures the program's speed, its size and its calls of CloudFormation against the
// project's goals, and writes docs/benchmarks.md. Make bench runs it from the root; it takes about
// four minutes. With -short each create takes a tenth of the time and the page is only printed.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"time"
)

// binary is the program that is measured.
const binary = "bin/metaflow-cfn"

func main() {
	log.SetFlags(0)
	short := flag.Bool("short", false,
		"shorter creates, fewer starts and no file: to check that it works")
	flag.Parse()
	if err := run(*short); err != nil {
		log.Fatal(err)
	}
}

func run(short bool) error {
	p := plan{starts: 30, lasts: time.Minute, rounds: 3}
	if short {
		p = plan{starts: 3, lasts: 6 * time.Second, rounds: 1}
	}
	results, err := p.measure()
	if err != nil {
		return err
	}
	text := results.page()
	fmt.Print(text)
	if short {
		return nil
	}
	return os.WriteFile("docs/benchmarks.md", []byte(text), 0o644)
}

// plan says how much is measured.
type plan struct {
	starts int           // of each command, cold
	lasts  time.Duration // of a create at true speed
	rounds int           // of creates with few and with many events
}

// results has everything that the page shows.
type results struct {
	times   int // each command was started
	starts  []*command
	size    int64 // of the binary, in bytes
	inside  string
	creates []*deployment // the binary's comes first
	virtual []figures     // the plain create comes first
	rounds  int           // of the following two
	few     *deployment
	many    *deployment
}

// measure runs everything. The starts come first: a large process spoils the memory figures of the
// processes that it starts.
func (p plan) measure() (*results, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	r := &results{times: p.starts, rounds: p.rounds}
	info, err := os.Stat(binary)
	if err != nil {
		return nil, fmt.Errorf("%w: run make build", err)
	}
	r.size = info.Size()
	if r.starts, err = coldStarts(dir, p.starts); err != nil {
		return nil, err
	}
	if r.inside, err = inside(); err != nil {
		return nil, err
	}
	if r.virtual, err = tenMinutes(); err != nil {
		return nil, err
	}
	natural := r.virtual[0].Natural
	if r.creates, err = creates(p.lasts, natural); err != nil {
		return nil, err
	}
	r.few, r.many, err = bursts(p.rounds, natural)
	return r, err
}
