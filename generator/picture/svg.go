package picture

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Sizes of a drawing, in pixels.
const (
	boxWidth, boxHeight = 216, 46
	gap                 = 26 // between boxes, and between a frame and what it holds
	titleHeight         = 34
	columns             = 4
	padding             = 10 // of the text in a box
)

// rect is a place in a drawing.
type rect struct{ x, y, w, h int }

// placed is a node or a group in its place.
type placed struct {
	rect
	class string
	texts []string
}

// SVG returns the picture as a drawing that takes its colours from the classes created and reused,
// and that has a title for readers of the text.
func (p *Picture) SVG(title string) string {
	l := &layout{picture: p, places: map[string]rect{}}
	bottom := l.grid("", gap, gap, columns)
	width := 2*gap + columns*(boxWidth+gap) + gap
	for _, g := range p.Groups {
		if g.In == "" {
			bottom = l.frame(g, rect{gap, bottom, width - 2*gap, 0}, columns)
		}
	}
	var out strings.Builder
	fmt.Fprintf(&out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %d\" "+
		"aria-label=\"%s\">\n", width, bottom, html.EscapeString(title))
	out.WriteString(`<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" ` +
		"markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\"/></marker></defs>\n")
	for _, f := range l.frames {
		f.draw(&out)
	}
	for _, e := range p.Edges {
		line(&out, l.places[e.From], l.places[e.To])
	}
	for _, b := range l.boxes {
		b.draw(&out)
	}
	out.WriteString("</svg>\n")
	return out.String()
}

// layout gives everything its place.
type layout struct {
	picture       *Picture
	places        map[string]rect // by ID
	frames, boxes []placed
}

// grid places the nodes that stand directly in a group, and returns where it ends.
func (l *layout) grid(group string, x, y, columns int) int {
	n := 0
	for _, node := range l.picture.Nodes {
		if node.In != group {
			continue
		}
		r := rect{x + n%columns*(boxWidth+gap), y + n/columns*(boxHeight+gap), boxWidth, boxHeight}
		l.places[node.ID] = r
		texts := lines(node.Label, node.Detail, node.Reused)
		l.boxes = append(l.boxes, placed{r, class(node.Reused), texts})
		n++
	}
	return y + (n+columns-1)/columns*(boxHeight+gap)
}

// frame places a group with what it holds, the groups inside it two in a row, and returns where it
// ends. The height of the place is not known yet.
func (l *layout) frame(g Group, r rect, columns int) int {
	at := len(l.frames)
	texts := lines(g.Label, g.Detail, g.Reused)
	l.frames = append(l.frames, placed{r, "frame " + class(g.Reused), texts})
	bottom := l.grid(g.ID, r.x+gap, r.y+titleHeight+gap/2, columns)
	var inner []Group
	for _, other := range l.picture.Groups {
		if other.In == g.ID {
			inner = append(inner, other)
		}
	}
	half := (r.w - 3*gap) / 2
	for i := 0; i < len(inner); i += 2 {
		row := bottom
		for j, other := range inner[i:min(i+2, len(inner))] {
			end := l.frame(other, rect{r.x + gap + j*(half+gap), row, half, 0}, 1)
			bottom = max(bottom, end)
		}
	}
	l.frames[at].h = bottom - r.y
	l.places[g.ID] = l.frames[at].rect
	return bottom + gap
}

func class(reused bool) string {
	if reused {
		return "reused"
	}
	return "created"
}

// draw writes a rectangle and its texts.
func (b placed) draw(out *strings.Builder) {
	fmt.Fprintf(out, "<g class=\"%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>",
		b.class, b.x, b.y, b.w, b.h)
	for i, text := range b.texts {
		fmt.Fprintf(out, "<text x=\"%d\" y=\"%d\">%s</text>",
			b.x+padding, b.y+19+17*i, html.EscapeString(shortened(text, (b.w-2*padding)/7)))
	}
	out.WriteString("</g>\n")
}

// shortened returns a text with at most that many characters. Its end, which tells names apart,
// stays.
func shortened(text string, most int) string {
	r := []rune(text)
	if len(r) <= most {
		return text
	}
	return string(r[:most/2]) + "…" + string(r[len(r)-(most-most/2-1):])
}

// line writes an arrow between the borders of two places.
func line(out *strings.Builder, from, to rect) {
	fromX, fromY := from.border(to)
	toX, toY := to.border(from)
	fmt.Fprintf(out, "<path class=\"edge\" marker-end=\"url(#head)\" d=\"M%d %d %d %d\"/>\n",
		fromX, fromY, toX, toY)
}

// border returns the point of the border on the way from the centre to that of another place.
func (r rect) border(other rect) (x, y int) {
	centreX, centreY := float64(2*r.x+r.w)/2, float64(2*r.y+r.h)/2
	dx, dy := float64(2*other.x+other.w)/2-centreX, float64(2*other.y+other.h)/2-centreY
	scale := math.Inf(1)
	if dx != 0 {
		scale = float64(r.w) / 2 / math.Abs(dx)
	}
	if dy != 0 {
		scale = min(scale, float64(r.h)/2/math.Abs(dy))
	}
	if math.IsInf(scale, 1) {
		scale = 0
	}
	return int(centreX + dx*scale), int(centreY + dy*scale)
}
