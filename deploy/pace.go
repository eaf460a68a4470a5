package deploy

import (
	"math/rand/v2"
	"time"
)

const (
	fastest   = time.Second      // after any event, and when the end is near
	quietest  = 5 * time.Second  // when nothing happens
	slowest   = 60 * time.Second // when CloudFormation throttles
	growth    = 1.5              // of the interval a quiet poll
	recovery  = 0.9              // of the throttled interval a good poll
	jitter    = 0.15             // so that many waiters do not poll in step
	atQuiet   = 3                // quiet polls at the slowest that call for a look at the status
	statusAge = time.Minute      // after which the status is looked at in any case
)

// pace is how often CloudFormation is asked.
type pace struct {
	interval time.Duration // until the next poll
	floor    time.Duration // that throttling has set
	quiet    int           // polls in a row, at the quietest, that brought nothing
}

func newPace() pace { return pace{interval: fastest, floor: fastest} }

// good takes note of a poll that was answered. hurry: something happened, or the end
// is near.
func (p *pace) good(hurry bool) {
	p.floor = max(time.Duration(float64(p.floor)*recovery), fastest)
	switch {
	case hurry:
		p.interval, p.quiet = fastest, 0
	case p.interval >= quietest:
		p.quiet++
	}
	if !hurry {
		p.interval = min(time.Duration(float64(p.interval)*growth), quietest)
	}
	p.interval = max(p.interval, p.floor)
}

// throttled takes note of a poll that was refused because there were too many.
func (p *pace) throttled() {
	p.interval = min(2*p.interval, slowest)
	p.floor = p.interval
}

// next is the time until the next poll.
func (p *pace) next() time.Duration {
	return time.Duration(float64(p.interval) * (1 - jitter + 2*jitter*rand.Float64()))
}
