package identity_test

import (
	"strconv"
	"strings"
	"testing"

	"handover/internal/fault"
	"handover/internal/identity"
)

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	h.world.Exec(`update distributors set name = 'Nordlys Partner' where id = $1`, h.world.Provider.ID)
	add(h, identity.NewStaff{Email: "ada.meyer@aurora.example", Name: "Ada Meyer"})
	const common, own = "tried first", "little else than"
	tests := []struct{ password, refused string }{
		{"handover-demo", "contains “handover”"},
		{"green H4ndover umbrellas", "contains “handover”"},
		{"seven meyer umbrellas", "contains “meyer”"},
		{"seven M3y3r umbrellas", "contains “meyer”"},
		{"seven adameyers here", "contains “meyer”"},
		{"blue nordlys umbrellas", "contains “Nordlys”"},
		{"correct horse battery staple", ""},
		{"a long enough password", ""},
		{"Blue fjord 77 lamp", ""},
		{"kitten of the password club", ""},
		{"ada likes green umbrellas", ""},
		{"qwertyuiop", common},
		{"QwertyUIOP", common},
		{"password123", common},
		{"Password2026!", common},
		{"P@ssw0rd2026", common},
		{"!!Welcome2026!!", common},
		{"aaaaaaaaaaaa", common},
		{"121212121212", common},
		{"1234567890123", common},
		{"abcdefghijklm", common},
		{"zyxwvutsrqpo", common},
		{"98765432109876", common},
		{"ada.meyer@aurora.example", own},
		{"AdaMeyer2026", own},
		{"meyer-aurora-1", own},
		{"Nordlys Partner", own},
		{"nordlyspartner1", own},
		{"short", "it needs at least 10"},
		{strings.Repeat("long word ", 21), "at most 200"},
	}
	set := 0
	for _, tt := range tests {
		if tt.refused == "" {
			set++
		}
		err := identity.SetPassword(t.Context(), h.pool, operator, "ada.meyer@aurora.example", tt.password)
		if tt.refused == "" && err != nil {
			t.Errorf("%q is refused: %v", tt.password, err)
		}
		if tt.refused != "" && (fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), tt.refused)) {
			t.Errorf("%q: %v, want %q", tt.password, err, tt.refused)
		}
	}
	if got := h.world.Text(
		`select count(*) from outbox where body_text like '%Your password was changed by test on %'`); got !=
		strconv.Itoa(set) {
		t.Errorf("%s mails tell of %d passwords", got, set)
	}
}
