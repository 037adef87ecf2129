package page

// Zones are the time zones that a field suggests; any other may be typed.
var Zones = []string{
	"UTC", "Europe/Amsterdam", "Europe/Berlin", "Europe/Dublin", "Europe/Lisbon", "Europe/London", "Europe/Madrid",
	"Europe/Oslo",
	"Europe/Paris", "Europe/Prague", "Europe/Rome", "Europe/Stockholm", "Europe/Warsaw", "America/Chicago",
	"America/Denver",
	"America/Los_Angeles", "America/New_York", "America/Sao_Paulo", "America/Toronto", "Asia/Dubai", "Asia/Kolkata",
	"Asia/Seoul",
	"Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland",
}
