package billing

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/fault"
	"handover/internal/money"
)

type ecbKey struct {
	on       string
	currency string
}

// ecbReader gathers the rates of one file and what is wrong with it.
type ecbReader struct {
	today   time.Time
	file    ECBFile
	wrong   fault.Fields
	seen    map[ecbKey]decimal.Decimal
	skipped map[string]bool
}

func (r *ecbReader) fail(line int, format string, args ...any) {
	switch {
	case len(r.wrong) < maxECBFaults:
		r.wrong.Add("file", msgLine, line, fmt.Sprintf(format, args...))
	case len(r.wrong) == maxECBFaults:
		r.wrong.Add("file", msgMoreMistakes, maxECBFaults)
	}
}

// readXML reads the envelope: Cube elements with a time that hold Cube elements with
// a currency and a rate.
func (r *ecbReader) readXML(data []byte) {
	d := xml.NewDecoder(bytes.NewReader(data))
	var on time.Time
	var inDay bool
	for depth := 0; ; {
		line, _ := d.InputPos()
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			reason := err.Error()
			line, _ = d.InputPos()
			if wrong, ok := errors.AsType[*xml.SyntaxError](err); ok {
				line, reason = wrong.Line, wrong.Msg
			}
			r.fail(line, msgNotXML, reason)
			return
		}
		switch e := token.(type) {
		case xml.StartElement:
			depth++
			if depth == 1 && e.Name.Local != "Envelope" {
				r.fail(line, msgNotARateFile, e.Name.Local, msgWhichFile)
				return
			}
			if e.Name.Local != "Cube" {
				continue
			}
			on, inDay = r.cube(line, e, on, inDay)
		case xml.EndElement:
			depth--
		}
	}
}

// cube reads one Cube element; it returns the day that those inside it are of.
func (r *ecbReader) cube(line int, e xml.StartElement, on time.Time, inDay bool) (time.Time, bool) {
	values := map[string]string{}
	for _, a := range e.Attr {
		values[a.Name.Local] = a.Value
	}
	if text, ok := values["time"]; ok {
		return r.day(line, text, time.DateOnly)
	}
	code, hasCode := values["currency"]
	rate, hasRate := values["rate"]
	switch {
	case !hasCode && !hasRate:
	case !hasCode:
		r.fail(line, msgRateWithoutCurrency, rate)
	case !hasRate:
		r.fail(line, msgCurrencyWithoutRate, code)
	case on.IsZero() && !inDay:
		r.fail(line, msgRateWithoutDate, code)
	default:
		r.add(line, on, code, rate)
	}
	return on, inDay
}

// day reads a date. It skips the rates under a wrong date: the mistake is reported once.
func (r *ecbReader) day(line int, text, form string) (time.Time, bool) {
	on, err := time.Parse(form, strings.TrimSpace(text))
	switch {
	case err != nil || on.Year() < 1:
		r.fail(line, msgLineNotADate, text, r.today.Format(form))
	case on.After(r.today):
		r.fail(line, msgLineInFuture, text)
	default:
		return on, true
	}
	return time.Time{}, true
}

// readCSV reads a table with the date in the first column and a currency in each
// other. N/A or nothing is a day on which the currency had no rate.
func (r *ecbReader) readCSV(data []byte) {
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord, in.TrimLeadingSpace = -1, true
	head, err := in.Read()
	if err != nil || strings.TrimSpace(head[0]) != "Date" {
		r.fail(1, msgRateFileBegins, msgWhichFile)
		return
	}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			r.fail(wrong.Line, msgNotCSV, wrong.Err)
			return
		}
		if err != nil {
			r.fail(1, msgFileBreaksOff, err)
			return
		}
		line, _ := in.FieldPos(0)
		r.csvRow(line, head, row)
	}
}

func (r *ecbReader) csvRow(line int, head, row []string) {
	form := time.DateOnly
	if strings.Contains(strings.TrimSpace(row[0]), " ") { // the daily file: 20 November 2026
		form = "2 January 2006"
	}
	on, _ := r.day(line, row[0], form)
	for i, text := range row[1:] {
		code := ""
		if i+1 < len(head) {
			code = strings.TrimSpace(head[i+1])
		}
		switch text = strings.TrimSpace(text); {
		case text == "" || text == "N/A":
		case code == "":
			r.fail(line, msgColumnWithoutCurrency, text, i+2)
		default:
			r.add(line, on, code, text)
		}
	}
}

// add takes one rate in, or says what is wrong with it.
func (r *ecbReader) add(line int, on time.Time, code, text string) {
	if _, err := money.MinorUnits(code); err != nil || code == euro {
		if !r.skipped[code] {
			r.skipped[code] = true
			r.file.Skipped = append(r.file.Skipped, code)
		}
		return
	}
	rate, err := money.ParseRate(text)
	if err != nil {
		r.fail(line, msgRateOf, code, err)
		return
	}
	if on.IsZero() {
		return
	}
	key := ecbKey{on.Format(time.DateOnly), code}
	before, twice := r.seen[key]
	switch {
	case !twice:
		r.seen[key] = rate
		r.file.Rates = append(r.file.Rates, ECBRate{On: on, Currency: code, Rate: rate})
	case !before.Equal(rate):
		r.fail(line, msgRateTwice, code, key.on, money.Plain(rate), money.Plain(before))
	}
}
