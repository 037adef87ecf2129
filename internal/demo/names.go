package demo

import (
	"fmt"
	"strings"
	"unicode"
)

// Words that company names are put together from. Three of them never make a
// company that exists.
var (
	firstWords = []string{
		"Amber", "Birch", "Blue", "Bright", "Calm", "Cedar", "Clear", "Copper", "Crimson", "Dawn", "Ember", "Fern",
		"Flint", "Frost", "Golden", "Granite", "Green", "Grey", "Hazel", "Hollow", "Indigo", "Iron", "Ivory", "Juniper",
		"Linden", "Lunar", "Maple", "Marble", "Misty", "Noble", "Oaken", "Olive", "Pale", "Quiet", "Red", "River",
		"Rowan", "Russet", "Silver", "Solar", "Stone", "Swift", "Tidal", "Umber", "Velvet", "Violet", "White", "Willow",
	}
	secondWords = []string{
		"Badger", "Beacon", "Bell", "Bridge", "Brook", "Castle", "Comet", "Compass", "Crane", "Falcon",
		"Finch", "Fjord",
		"Fox", "Gate", "Harbour", "Hare", "Harvest", "Heron", "Hill", "Kestrel", "Lantern", "Lark", "Lynx", "Meadow",
		"Mill", "Moth", "Orchard", "Osprey", "Otter", "Owl", "Peak", "Pebble", "Pine", "Plough", "Quarry", "Raven",
		"Reef", "Sparrow", "Spring", "Stag", "Starling", "Thistle", "Tower", "Vale", "Vane", "Wren",
	}
	trades = []string{
		"Analytics", "Bakery", "Biotech", "Books", "Ceramics", "Consulting", "Design", "Energy", "Films", "Foods",
		"Freight", "Furniture", "Games", "Instruments", "Interiors", "Labs", "Legal", "Logistics", "Marine", "Media",
		"Mobility", "Optics", "Pharma", "Print", "Robotics", "Seeds", "Software", "Studio", "Textiles", "Tools",
		"Travel", "Watches", "Waterworks",
	}
	streets = []string{
		"Harbour Street", "Mill Lane", "Station Road", "Market Square", "Garden Street", "Bridge Street", "Quay",
		"Tower Road", "Orchard Way", "Foundry Yard",
	}
)

// fourthWords distinguish companies with the same first three words.
var fourthWords = []string{"Collective", "Group", "House", "Partners", "Works"}

// shortNames is how many times a name of three words is tried.
const shortNames = 4

// reserveNames keeps the generated names away from those of the stories.
func (b *builder) reserveNames() {
	for _, c := range cases {
		b.names[c.Customer] = true
	}
}

// companyName returns a name that no other customer has, without its legal form.
// Where most names are taken, some get a fourth word.
func (b *builder) companyName() string {
	for tries := 0; ; tries++ {
		name := pick(b, firstWords) + " " + pick(b, secondWords) + " " + pick(b, trades)
		if tries >= shortNames {
			name += " " + pick(b, fourthWords)
		}
		if !b.names[name] {
			b.names[name] = true
			return name
		}
	}
}

// address returns a postal address in the town.
func (b *builder) address(town, country string) string {
	return fmt.Sprintf("%s %d, %s, %s", pick(b, streets), b.between(1, 140), town, country)
}

// domain returns the domain of a company's email addresses: "blue-fjord.example".
func domain(name string) string {
	words := strings.FieldsFunc(strings.ToLower(withoutForm(name)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.Join(words, "-") + ".example"
}

// withoutForm cuts the legal form off a company's name.
func withoutForm(name string) string {
	for _, d := range channel {
		for _, p := range d.places {
			for _, form := range p.forms {
				if short, ok := strings.CutSuffix(name, " "+form); ok {
					return short
				}
			}
		}
	}
	return name
}
