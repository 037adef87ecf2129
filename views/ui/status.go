package ui

import "strconv"

// Tone is the colour of a status, never its only sign.
type Tone string

// The tones.
const (
	Green Tone = "green"
	Amber Tone = "amber"
	Slate Tone = "slate"
	Red   Tone = "red"
	Blue  Tone = "blue"
)

type look struct {
	Word string
	Icon IconName
	Tone Tone
}

// looks is the one table of how statuses appear, for every kind of record.
var looks = map[string]look{
	// customers, subscriptions, distributors, payment methods, staff
	"active":          {"Active", IconCircleCheck, Green},
	"suspended":       {"Suspended", IconPause, Amber},
	"closed":          {"Closed", IconLock, Slate},
	"transferred_out": {"Transferred Out", IconTransferOut, Slate},
	"merged":          {"Merged", IconMerge, Slate},
	"inactive":        {"Inactive", IconOff, Slate},
	"disabled":        {"Disabled", IconBan, Slate},
	"enabled":         {"Enabled", IconCircleCheck, Green},
	"delivered":       {"Delivered", IconCircleCheck, Green},
	"invited":         {"Invited", IconMail, Blue},
	"withdrawn":       {"Withdrawn", IconOff, Slate},
	"provisioning":    {"Provisioning", IconProgress, Amber},
	"starting":        {"Starting", IconProgress, Amber},
	"stopping":        {"Stopping", IconProgress, Amber},
	"removing":        {"Removing", IconProgress, Amber},
	"changing_plan":   {"Changing plan", IconProgress, Amber},
	"cancelled":       {"Cancelled", IconBan, Slate},
	"terminated":      {"Terminated", IconOff, Slate},
	// documents
	"draft":           {"Draft", IconEdit, Slate},
	"open":            {"Open", IconClock, Amber},
	"paid":            {"Paid", IconCircleCheck, Green},
	"transferred":     {"Transferred", IconTransferOut, Slate},
	"void":            {"Void", IconBan, Slate},
	"applied":         {"Applied", IconCircleCheck, Green},
	"processing":      {"Processing", IconProgress, Amber},
	"requires_action": {"Requires action", IconAlert, Amber},
	"succeeded":       {"Succeeded", IconCircleCheck, Green},
	"failed":          {"Failed", IconCircleX, Red},
	// placed orders and transfer orders
	"completed":         {"Completed", IconCircleCheck, Green},
	"pending":           {"Pending", IconClock, Amber},
	"awaiting_payment":  {"Awaiting payment", IconClock, Amber},
	"awaiting_approval": {"Awaiting approval", IconApproved, Amber},
	"scheduled":         {"Scheduled", IconCalendarTime, Blue},
	"queued":            {"Queued", IconClock, Blue},
	"in_progress":       {"In progress", IconLoader, Blue},
	"approved":          {"Approved", IconApproved, Green},
	"rejected":          {"Rejected", IconCircleX, Red},
	"reversed":          {"Reversed", IconReverse, Slate},
	// tokens
	"revoked": {"Revoked", IconBan, Slate},
	"expired": {"Expired", IconBan, Slate},
	// mails
	"waiting":     {"Waiting", IconClock, Slate},
	"sending":     {"Sending", IconProgress, Blue},
	"sent":        {"Sent", IconCircleCheck, Green},
	"unconfirmed": {"Unconfirmed", IconAlert, Amber},
}

// periodLooks differ where the same code means another thing: an open period is
// the good state, an open invoice is not.
var periodLooks = map[string]look{
	"open":   {"Open", IconCircleCheck, Green},
	"closed": {"Closed", IconLock, Slate},
}

func lookOf(code string) look {
	if l, ok := looks[code]; ok {
		return l
	}
	return look{Word: code, Icon: IconInfo, Tone: Slate}
}

// StatusWord returns the words for a status code, for sentences and options.
func StatusWord(code string) string { return lookOf(code).Word }

// toneIcons are what a callout shows when it names no icon.
var toneIcons = map[Tone]IconName{
	Green: IconCircleCheck, Amber: IconAlert, Slate: IconInfo, Red: IconCircleX, Blue: IconInfo,
}

func count(n int) string { return strconv.Itoa(n) }
