package verify

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Cause is why the job does not run, or would not.
type Cause struct {
	Name     string // unique
	Of       string // "queue", or the name of a compute environment, "" for the job
	Text     string // what is wrong, as a sentence without a full stop
	Evidence string // what AWS says, or what was seen
	Try      string // what to do
	Change   []string
	Fatal    bool // the job will not run as long as this is so
}

// rule finds one cause. Rules are tried in their order, most certain first, and none hides another.
type rule struct {
	name   string
	text   string
	try    string
	change []string // names of parameters of a core stack
	fatal  bool
	find   func(World) []finding
}

// finding is where a rule holds.
type finding struct{ of, evidence string }

// Diagnose returns the causes that hold in a world, most certain first.
func Diagnose(w World) (causes []Cause) {
	for _, r := range rules() {
		for _, f := range r.find(w) {
			fill := strings.NewReplacer("{it}", f.of, "{queue}", w.Queue.Name)
			causes = append(causes, Cause{
				Name: r.name + " " + f.of, Of: f.of, Text: fill.Replace(r.text), Evidence: f.evidence,
				Try:    fill.Replace(r.try),
				Change: r.change, Fatal: r.fatal,
			})
		}
	}
	return causes
}

// Names returns the names of the causes that Diagnose knows, in its order.
func Names() (names []string) {
	for _, r := range rules() {
		names = append(names, r.name)
	}
	return append(names, unreadableName)
}

// Kind returns the name of a cause without what it is of.
func (c Cause) Kind() string { return strings.TrimSpace(strings.TrimSuffix(c.Name, c.Of)) }

const unreadableName = "object not readable"

// unreadable is the cause of an object that the job has written and the caller cannot read.
func unreadable(object string, err error) Cause {
	return Cause{Name: unreadableName, Text: "the job ran, and these credentials cannot read " + object,
		Evidence: err.Error(),
		Try:      "grant what metaflow-cfn policy user STACK prints to these credentials", Fatal: true}
}

// rules returns all rules, most certain first.
func rules() []rule { return slices.Concat(stateRules, reasonRules, machineRules, jobRules) }

// says returns a rule's function that finds a text in what AWS says about the job, the
// environments and their groups.
func says(pattern string, where ...func(World) []finding) func(World) []finding {
	form := regexp.MustCompile(`(?i)` + pattern)
	return func(w World) (found []finding) {
		for _, texts := range where {
			for _, f := range texts(w) {
				if form.MatchString(f.evidence) && !slices.ContainsFunc(found,
					func(g finding) bool { return g.of == f.of }) {
					found = append(found, f)
				}
			}
		}
		return found
	}
}

// jobReason is what AWS Batch says about a job that waits.
func jobReason(w World) []finding {
	if w.Job.Status == "RUNNABLE" || w.Job.Status == "FAILED" {
		return []finding{{"", w.Job.Reason}}
	}
	return nil
}

// environmentReason is what AWS Batch says about the environments.
func environmentReason(w World) (found []finding) {
	for _, e := range w.Environments {
		found = append(found, finding{e.Name, e.Reason})
	}
	return found
}

// activity is what the Auto Scaling groups say about launches that failed.
func activity(w World) (found []finding) {
	if w.Job.Status != "RUNNABLE" {
		return nil
	}
	for _, a := range w.Activities {
		if a.Status != "Failed" && a.Status != "Cancelled" {
			continue
		}
		for _, e := range w.Environments {
			if strings.HasPrefix(a.Group, e.Name) {
				found = append(found, finding{e.Name, a.Text})
			}
		}
	}
	return found
}

// containerReason is what Amazon ECS says about a job that failed.
func containerReason(w World) []finding {
	if w.Job.Status != "FAILED" {
		return nil
	}
	return []finding{{"", strings.Join(nonEmpty(w.Job.Container, w.Job.Reason), "; ")}}
}

// logged is what a job has printed that failed.
func logged(w World) []finding {
	if w.Job.Status != "FAILED" || len(w.Log) == 0 {
		return nil
	}
	return []finding{{"", strings.Join(w.Log, "\n")}}
}

// environments returns a rule's function that finds environments.
func environments(holds func(World, Environment) string) func(World) []finding {
	return func(w World) (found []finding) {
		for _, e := range w.Environments {
			if evidence := holds(w, e); evidence != "" {
				found = append(found, finding{e.Name, evidence})
			}
		}
		return found
	}
}

// usable reports whether jobs can be placed in the environment.
func (e Environment) usable() bool { return e.State == "ENABLED" && e.Status == "VALID" }

// tooSmall reports whether no environment can ever have enough vCPUs for the job.
func tooSmall(w World) []finding {
	wanted, err := strconv.ParseFloat(w.needs.vcpus, 64)
	if err != nil || len(w.Environments) == 0 {
		return nil
	}
	most := 0
	for _, e := range w.Environments {
		most = max(most, e.Max)
	}
	if float64(most) >= wanted {
		return nil
	}
	return []finding{{"", fmt.Sprintf("the job needs %s vCPUs, and the environments have up to %d",
		w.needs.vcpus, most)}}
}

// full finds environments whose vCPUs other jobs use.
func full(w World) []finding {
	if w.Job.Status != "RUNNABLE" || w.Ahead == 0 {
		return nil
	}
	for _, e := range w.Environments {
		if e.usable() && e.Desired < e.Max {
			return nil
		}
	}
	return []finding{{"", fmt.Sprintf("%d other jobs run or wait, and every environment has as many "+
		"vCPUs as it may", w.Ahead)}}
}

// joinLimit is how long an instance may take to join its cluster.
const joinLimit = 4 * time.Minute

// notJoined finds environments of which an instance was launched a while ago, and whose cluster
// has none.
func notJoined(w World, e Environment) string {
	joined, known := w.Joined[e.Name]
	if w.Job.Status != "RUNNABLE" || !known || joined > 0 {
		return ""
	}
	for _, a := range w.Activities {
		if a.Status == "Successful" && a.Instance != "" && strings.HasPrefix(a.Group, e.Name) &&
			w.Now.Sub(a.At) >= joinLimit {
			return fmt.Sprintf("%s was launched %s ago, and no instance is in the cluster %s",
				a.Instance, w.Now.Sub(a.At).Round(time.Second), e.Cluster)
		}
	}
	return ""
}

// notScaled finds environments of which AWS Batch has not asked for an instance.
func notScaled(w World, e Environment) string {
	if w.Job.Status != "RUNNABLE" || strings.HasPrefix(e.Type, "FARGATE") || !e.usable() ||
		e.Desired > 0 || len(w.Activities) > 0 || w.Now.Sub(w.Job.Since) < joinLimit {
		return ""
	}
	return fmt.Sprintf("the job waits for %s, and the environment still has 0 vCPUs",
		w.Now.Sub(w.Job.Since).Round(time.Second))
}

// starting finds a job that is started for long.
func starting(w World) []finding {
	if w.Job.Status != "STARTING" || w.Now.Sub(w.Job.Since) < patience {
		return nil
	}
	return []finding{{"", fmt.Sprintf("the job is STARTING for %s",
		w.Now.Sub(w.Job.Since).Round(time.Second))}}
}

// Texts returns what Diagnose says about each cause, with … for the compute environment.
func Texts() (texts []string) {
	for _, r := range rules() {
		texts = append(texts, strings.ReplaceAll(r.text, "{it}", "…"))
	}
	return texts
}

// Parameters returns the names of all parameters that causes name.
func Parameters() (names []string) {
	for _, r := range rules() {
		names = append(names, r.change...)
	}
	return names
}
