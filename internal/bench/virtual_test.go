package main

import (
	"encoding/json"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// TestTenMinutes follows creates that are stretched to ten minutes, in fake time. Its figures are
// test attributes, from which make bench takes them.
func TestTenMinutes(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures, in some seconds")
	}
	template, err := os.ReadFile("../../" + templateFile)
	if err != nil {
		t.Fatal(err)
	}
	var natural time.Duration
	synctest.Test(t, func(t *testing.T) { natural = follow(t, template, cfntest.Options{}, 0).Lasted })
	stretched := cfntest.Options{Scale: float64(10*time.Minute) / float64(natural),
		Latency: 50 * time.Millisecond}
	for _, c := range []struct {
		name  string
		every time.Duration // of additional events, none when 0
	}{
		{"the create alone", 0},
		{"and an event every 5 s", 5 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f figures
			synctest.Test(t, func(t *testing.T) { f = follow(t, template, stretched, c.every) })
			f.Name, f.Natural = c.name, natural
			text, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			t.Attr(figuresAttr, string(text))
			if f.Lost > 0 || f.Twice > 0 || f.Shown == 0 {
				t.Errorf("%d events shown, %d lost, %d twice", f.Shown, f.Lost, f.Twice)
			}
			if c.every == 0 && f.PerMinute > callsGoal {
				t.Errorf("%.1f calls a minute, want at most %d", f.PerMinute, callsGoal)
			}
		})
	}
}

// follow creates the stack and follows the operation to its end.
func follow(t *testing.T, template []byte, o cfntest.Options, every time.Duration) figures {
	t.Helper()
	server := cfntest.New(o)
	client := deploy.New(server.Client())
	stack, err := client.Stack(t.Context(), stackName)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := client.Plan(t.Context(), stack, deploy.Request{Template: template})
	if err != nil {
		t.Fatal(err)
	}
	op, err := client.Execute(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	if every > 0 {
		addEvents(server, op.Token, every)
	}
	var seen []sighting
	for e := range op.Events(t.Context()) {
		if e.Note != "" {
			t.Errorf("note: %s", e.Note)
			continue
		}
		seen = append(seen, sighting{e.ID, time.Now()})
	}
	if o := op.Outcome(); o.Result != deploy.Succeeded {
		t.Errorf("%s: %v", o.Result, o.Err)
	}
	return observe(server, seen, time.Now())
}

// addEvents adds an event at regular intervals until the operation ends.
func addEvents(server *cfntest.Server, token string, every time.Duration) {
	now := time.Now()
	for i := range int(server.Until(stackName) / every) {
		server.Emit(stackName, extra(i, now.Add(time.Duration(i)*every), token))
	}
}
