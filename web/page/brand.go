package page

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// The contrasts of WCAG 2.2 AA: of text, and of what only has to be seen.
const (
	textContrast = 4.5
	lineContrast = 3.0
)

// The grounds of the navigation, --surface in static/src/10-tokens.css.
const (
	lightSurface = "ffffff"
	darkSurface  = "171e29"
)

// BrandName is how the style sheet of a brand is called: its colour.
var BrandName = regexp.MustCompile(`^([0-9a-f]{6})\.css$`)

// brandSheet returns the address of a brand colour's style sheet, "" for none:
// style attributes are forbidden by the content policy.
func brandSheet(color string) string {
	name := strings.ToLower(strings.TrimPrefix(color, "#")) + ".css"
	if !BrandName.MatchString(name) {
		return ""
	}
	return "/brand/" + name
}

// BrandCSS sets what the frame is drawn with: the colour as it is, the colour of text
// on it, and the line that sets it off from the navigation, in light and in dark.
func BrandCSS(color string) string {
	return fmt.Sprintf(":root{--brand:#%s;--brand-ink:#%s;--brand-line:light-dark(#%s,#%s)}",
		color, inkOn(color), lineOn(lightSurface, color), lineOn(darkSurface, color))
}

// inkOn returns white where it can be read on the colour, else black: one of the two
// always has a contrast of 4.58 or more.
func inkOn(color string) string {
	if Contrast("ffffff", color) >= textContrast {
		return "ffffff"
	}
	return "000000"
}

// lineOn returns the colour, moved towards black or white as far as it takes to be seen
// on the ground.
func lineOn(ground, color string) string {
	towards := inkOn(ground)
	for part := 0; part <= 100; part += 5 {
		if mixed := mix(color, towards, float64(part)/100); Contrast(mixed, ground) >= lineContrast {
			return mixed
		}
	}
	return towards
}

// mix returns the colour with a part of another, 0 to 1.
func mix(color, other string, part float64) string {
	var out strings.Builder
	a, b := channels(color), channels(other)
	for i := range a {
		fmt.Fprintf(&out, "%02x", int(math.Round(a[i]*(1-part)+b[i]*part)))
	}
	return out.String()
}

// Contrast returns the WCAG contrast ratio of two colours, 1 to 21.
func Contrast(a, b string) float64 {
	bright, dark := luminance(a), luminance(b)
	if bright < dark {
		bright, dark = dark, bright
	}
	return (bright + 0.05) / (dark + 0.05)
}

// luminance returns the relative luminance of a colour, 0 to 1.
func luminance(color string) float64 {
	weights := [3]float64{0.2126, 0.7152, 0.0722}
	sum := 0.0
	for i, c := range channels(color) {
		c /= 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weights[i] * c
	}
	return sum
}

// channels returns red, green and blue of six hexadecimal digits, each 0 to 255.
func channels(color string) [3]float64 {
	var out [3]float64
	for i := range out {
		n, _ := strconv.ParseUint(color[2*i:2*i+2], 16, 8)
		out[i] = float64(n)
	}
	return out
}
