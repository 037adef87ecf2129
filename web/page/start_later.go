package page

import (
	"time"

	"handover/internal/accounts"
	views "handover/views/page"
)

// momentForm is how a browser writes a date with a time.
const momentForm = "2006-01-02T15:04"

// Later is the field by which a transfer starts later: in the time zone of the
// distributor that it goes out from.
func Later(p *Page, distributorID int64, typed, message string) views.StartLater {
	d, err := accounts.GetDistributor(p.Ctx(), p.DB(), p.Scope(), distributorID)
	if err != nil { // seen before: the form is shown without the field's hint
		p.LogError(err)
	}
	return views.StartLater{Zone: d.TimeZone, Of: d.Name, Value: typed, Error: message}
}

// StartAt reads the field as RFC 3339, "" for at once.
func StartAt(p *Page, f *Form, distributorID int64) string {
	text := f.Text("start_at")
	if text == "" {
		return ""
	}
	d, err := accounts.GetDistributor(p.Ctx(), p.DB(), p.Scope(), distributorID)
	if err != nil {
		f.Wrong("start_at", msgTimeZoneUnreadable)
		return ""
	}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	start, err := time.ParseInLocation(momentForm, text, zone)
	if err != nil {
		f.Wrong("start_at", msgNotADateAndTime, text)
		return ""
	}
	return start.Format(time.RFC3339)
}
