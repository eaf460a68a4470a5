package golden

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator/review"
)

// box is a rectangle of a drawing.
type box struct{ x, y, w, h int }

// reviewPage is what the test reads from a page.
type reviewPage struct {
	elements map[string]int
	titles   []string // texts of h4
	frames   []box
	nodes    []box
	reused   int // rectangles of reused resources
	ids      []string
	labels   []string // targets of aria-labelledby
	viewBox  box
}

// TestReviews writes the page of every scenario. It is well-formed, runs and loads nothing, has a
// heading for each resource, and its drawing has each resource in a place of its own.
func TestReviews(t *testing.T) {
	for _, c := range components {
		for _, name := range scenarios(t, c) {
			t.Run(c.Name+"/"+name, func(t *testing.T) {
				values := scenario(t, c, name)
				text, err := review.Page(c, values, review.Notes{})
				if err != nil {
					t.Fatal(err)
				}
				page := readReview(t, string(text))
				resolved, err := c.Built().Resolve(values)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range resolved.Resources {
					if !slices.Contains(page.titles, r.ID+", "+r.Type) {
						t.Errorf("%s has no heading", r.ID)
					}
				}
				if page.elements["main"] != 1 || page.elements["h1"] != 1 || page.elements["title"] != 1 {
					t.Errorf("main, h1 and title: %v", page.elements)
				}
				for _, id := range page.labels {
					if !slices.Contains(page.ids, id) {
						t.Errorf("the label of a section refers to %s, which does not exist", id)
					}
				}
				wanted, reused := drawn(t, c, values), 0
				for _, physical := range wanted {
					if physical != "" {
						reused++
					}
				}
				if page.reused != reused {
					t.Errorf("%d resources are drawn as reused, wanted %d", page.reused, reused)
				}
				page.checkDrawing(t, len(wanted))
			})
		}
	}
}

// checkDrawing checks that boxes stand in the drawing and do not overlap.
func (p *reviewPage) checkDrawing(t *testing.T, most int) {
	t.Helper()
	for i, b := range p.nodes {
		if b.x < 0 || b.y < 0 || b.x+b.w > p.viewBox.w || b.y+b.h > p.viewBox.h {
			t.Errorf("the box %v is not inside the drawing %v", b, p.viewBox)
		}
		for _, o := range p.nodes[i+1:] {
			if b.x < o.x+o.w && o.x < b.x+b.w && b.y < o.y+o.h && o.y < b.y+b.h {
				t.Errorf("the boxes %v and %v overlap", b, o)
			}
		}
		for _, f := range p.frames {
			apart := b.x >= f.x+f.w || f.x >= b.x+b.w || b.y >= f.y+f.h || f.y >= b.y+b.h
			inside := b.x >= f.x && b.y >= f.y && b.x+b.w <= f.x+f.w && b.y+b.h <= f.y+f.h
			if !apart && !inside {
				t.Errorf("the box %v crosses the frame %v", b, f)
			}
		}
	}
	if len(p.nodes) == 0 || len(p.nodes) > most {
		t.Errorf("%d boxes are drawn of %d resources", len(p.nodes), most)
	}
}

// loads matches what would run or load something.
var loads = regexp.MustCompile(`(?i)<script|\son\w+=|javascript:|\s(src|href)=|@import|url\((?:[^#])`)

// readReview reads a page, which must be well-formed XML.
func readReview(t *testing.T, text string) *reviewPage {
	t.Helper()
	if found := loads.FindString(text); found != "" {
		t.Errorf("the page has %q", found)
	}
	page := &reviewPage{elements: map[string]int{}}
	class, heading := "", false
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return page
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.CharData:
			if heading {
				page.titles = append(page.titles, string(token))
			}
		case xml.EndElement:
			heading = false
		case xml.StartElement:
			heading = token.Name.Local == "h4"
			class = page.start(t, token, class)
		}
	}
}

// start notes an element and returns the class that rectangles after it have.
func (p *reviewPage) start(t *testing.T, e xml.StartElement, class string) string {
	t.Helper()
	p.elements[e.Name.Local]++
	has := map[string]string{}
	for _, a := range e.Attr {
		has[a.Name.Local] = a.Value
	}
	number := func(name string) int {
		n, err := strconv.Atoi(has[name])
		if err != nil {
			t.Errorf("%s of %s: %v", name, e.Name.Local, err)
		}
		return n
	}
	if id := has["id"]; id != "" {
		p.ids = append(p.ids, id)
	}
	if label := has["aria-labelledby"]; label != "" {
		p.labels = append(p.labels, label)
	}
	switch e.Name.Local {
	case "g":
		return has["class"]
	case "svg":
		if _, err := fmt.Sscan(has["viewBox"], &p.viewBox.x, &p.viewBox.y, &p.viewBox.w, &p.viewBox.h); err != nil {
			t.Error(err)
		}
	case "rect":
		b := box{number("x"), number("y"), number("width"), number("height")}
		if strings.HasPrefix(class, "frame") {
			p.frames = append(p.frames, b)
		} else {
			p.nodes = append(p.nodes, b)
		}
		if strings.HasSuffix(class, "reused") {
			p.reused++
		}
	}
	return class
}
