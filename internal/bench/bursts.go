package main

import (
	"fmt"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

const (
	fewEvents  = 200
	manyEvents = 2000
	burstLasts = 4 * time.Second // the create during which they occur
)

// bursts creates stacks during which few or many events occur at once, between two polls. It
// returns the worst of each in every figure of the page.
func bursts(rounds int, natural time.Duration) (few, many *deployment, err error) {
	few, many = &deployment{}, &deployment{}
	for range rounds {
		for _, size := range []struct {
			events int
			worst  *deployment
		}{{fewEvents, few}, {manyEvents, many}} {
			d, err := burst(size.events, natural)
			if err != nil {
				return nil, nil, err
			}
			size.worst.worsen(d)
		}
	}
	return few, many, nil
}

// burst creates a stack during which additional events occur within a hundredth of a second.
func burst(events int, natural time.Duration) (*deployment, error) {
	server := cfntest.New(cfntest.Options{Scale: float64(burstLasts) / float64(natural)})
	server.OnCall("ExecuteChangeSet", 1, func() {
		calls := server.Mutations()
		token := calls[len(calls)-1].Params["ClientRequestToken"]
		at := time.Now().Add(burstLasts / 2)
		for i := range events {
			server.Emit(stackName, extra(i, at.Add(time.Duration(i)*5*time.Microsecond), token))
		}
	})
	return create(server, fmt.Sprintf("%d events at once", events), ours...)
}

// extra returns the ith additional event.
func extra(i int, at time.Time, token string) cfntest.Event {
	return cfntest.Event{
		At: at, Token: token, LogicalID: fmt.Sprintf("Extra%04d",
			i/2), PhysicalID: fmt.Sprintf("vpc-%017d", i/2),
		Type: "AWS::EC2::VPC", Status: []string{"CREATE_IN_PROGRESS", "CREATE_COMPLETE"}[i%2],
	}
}

// worsen keeps the worse of each figure of two runs.
func (d *deployment) worsen(by *deployment) {
	d.Name, d.Shown, d.Pages = by.Name, by.Shown, by.Pages
	d.Lost, d.Twice = max(d.Lost, by.Lost), max(d.Twice, by.Twice)
	d.cpu, d.memory = max(d.cpu, by.cpu), max(d.memory, by.memory)
}
