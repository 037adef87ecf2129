package paper

// Column is one of a table.
type Column struct {
	Label   string
	Share   float64 // of the width, in relation to the others
	Numeric bool    // its cells end at the right edge, so that figures are below each other
	Strong  bool
}

// Fact is a value with its name.
type Fact struct{ Label, Text string }

const (
	gap     = 5.0 // beside what a cell says
	rowPad  = 3.5 // above and below it
	headPad = 4.0
)

// table is one that is being written.
type table struct {
	d       *Document
	columns []Column
	edges   []float64 // of the columns, one more than there are
}

// Table adds a table. Its head is repeated on every page; a row is on one page if it fits on one.
func (d *Document) Table(columns []Column, rows ...[]string) {
	if len(rows) == 0 {
		return
	}
	t := newTable(d, columns)
	d.need(t.headHeight() + 2*bodyStyle.height() + 2*rowPad)
	t.head()
	for _, cells := range rows {
		t.row(cells)
	}
	d.y += 10
}

// Facts adds facts, two beside each other.
func (d *Document) Facts(facts []Fact) {
	t := newTable(d, []Column{{Share: 16, Strong: true}, {Share: 34}, {Share: 16, Strong: true}, {Share: 34}})
	for i := 0; i < len(facts); i += 2 {
		cells := []string{facts[i].Label, facts[i].Text, "", ""}
		if i+1 < len(facts) {
			cells[2], cells[3] = facts[i+1].Label, facts[i+1].Text
		}
		t.row(cells)
	}
	d.y += 6
}

func newTable(d *Document, columns []Column) table {
	sum := 0.0
	for _, c := range columns {
		sum += c.Share
	}
	t := table{d: d, columns: columns, edges: []float64{left}}
	for i, c := range columns {
		t.edges = append(t.edges, t.edges[i]+c.Share/sum*(right-left))
	}
	return t
}

func (t table) headHeight() float64 { return labelStyle.height() + 2*headPad }

// head draws the labels of the columns; facts have none.
func (t table) head() {
	if t.columns[0].Label == "" {
		return
	}
	t.d.fill(left, t.d.y, right-left, t.headHeight(), shade)
	for i, c := range t.columns {
		t.cell(i, t.d.y+headPad, c.Label, labelStyle)
	}
	t.d.y += t.headHeight()
}

// row draws a row. One that does not fit goes to the next page, one that is longer than a page goes on there.
func (t table) row(cells []string) {
	wrapped, longest := make([][]string, len(cells)), 1
	for i, text := range cells {
		wrapped[i] = t.d.wrap(text, t.style(i), t.edges[i+1]-t.edges[i]-2*gap)
		longest = max(longest, len(wrapped[i]))
	}
	onePage := lines(bottom - top - t.headHeight())
	for from := 0; from < longest && t.d.err == nil; {
		rest, room := longest-from, lines(bottom-t.d.y)
		if room < rest && (room == 0 || rest <= onePage) {
			t.d.page()
			t.head()
			continue
		}
		to := from + min(room, rest)
		t.draw(wrapped, from, to)
		from = to
	}
}

// draw draws some lines of a row.
func (t table) draw(wrapped [][]string, from, to int) {
	for i, cell := range wrapped {
		for n := from; n < min(to, len(cell)); n++ {
			t.cell(i, t.d.y+rowPad+float64(n-from)*bodyStyle.height(), cell[n], t.style(i))
		}
	}
	t.d.y += float64(to-from)*bodyStyle.height() + 2*rowPad
	t.d.rule(t.d.y)
}

// lines returns how many lines of a row the height has room for.
func lines(height float64) int {
	return max(0, int((height-2*rowPad)/bodyStyle.height()))
}

func (t table) style(column int) style {
	if t.columns[column].Strong {
		return strongStyle
	}
	return bodyStyle
}

// cell writes one line of a column.
func (t table) cell(column int, y float64, line string, s style) {
	if t.columns[column].Numeric {
		t.d.lineRight(t.edges[column+1]-gap, y, line, s)
		return
	}
	t.d.line(t.edges[column]+gap, y, line, s)
}
