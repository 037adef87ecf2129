package settings_test

import (
	"strings"
	"testing"
	"time"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/identity"
	"handover/internal/settings"
	"handover/internal/testdb"
)

// invite lets the inviter invite an administrator, who accepts; the account is as old as
// created says, "" = now.
func (f *fixture) invite(inviter testdb.Staff, distributor int64, email, created string) testdb.Staff {
	f.t.Helper()
	_, by := f.by(inviter)
	s, err := f.office.Invite(f.t.Context(), by, identity.Invitation{
		Email: email, Change: identity.Change{Name: email, Role: identity.Administrator, DistributorID: distributor},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	if err := identity.SetPassword(f.t.Context(), f.pool, audit.Actor{Name: "command line"}, s.Email,
		testdb.Password); err != nil {
		f.t.Fatal(err)
	}
	if created != "" {
		f.Exec(`update staff set created_at = $2, access_since = null where id = $1`, s.ID, created)
	}
	return testdb.Staff{ID: s.ID, Email: s.Email, Name: s.Name, Distributor: distributor, Password: testdb.Password}
}

// showLink lets an administrator see the link of another person for a new password.
func (f *fixture) showLink(who, of testdb.Staff) {
	f.t.Helper()
	_, by := f.by(who)
	if _, err := f.office.SendReset(f.t.Context(), by, of.ID); err != nil {
		f.t.Fatal(err)
	}
	var mail int64
	if err := f.pool.Get(&mail, `select max(id) from outbox where staff_id = $1`, of.ID); err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.office.RevealLink(f.t.Context(), by, mail); err != nil {
		f.t.Fatal(err)
	}
}

// answerCases say who may answer what the requester asks at the reseller: now, and when
// everybody's access is 8 days older.
var answerCases = []struct {
	name       string
	make       func(f *fixture, requester testdb.Staff) testdb.Staff // the person in question
	now, later bool
}{
	{"another administrator", func(f *fixture, _ testdb.Staff) testdb.Staff {
		return f.admin("Ben", f.reseller.ID)
	}, true, true},
	{"the requester", func(_ *fixture, r testdb.Staff) testdb.Staff { return r }, false, false},
	{"one whose account is 6 days old", func(f *fixture, _ testdb.Staff) testdb.Staff {
		return f.Staff(testdb.Staff{
			Distributor: f.reseller.ID,
			Created:     time.Now().Add(-6 * 24 * time.Hour).Format(time.RFC3339),
		})
	}, false, true},
	{"one whose account is 8 days old", func(f *fixture, _ testdb.Staff) testdb.Staff {
		return f.Staff(testdb.Staff{
			Distributor: f.reseller.ID,
			Created:     time.Now().Add(-8 * 24 * time.Hour).Format(time.RFC3339),
		})
	}, true, true},
	{"an account manager", func(f *fixture, _ testdb.Staff) testdb.Staff {
		return f.Staff(testdb.Staff{Distributor: f.reseller.ID, Role: "account_manager", Created: testdb.DefaultTime})
	}, false, false},
	{"a disabled one", func(f *fixture, _ testdb.Staff) testdb.Staff {
		return f.Staff(testdb.Staff{Distributor: f.reseller.ID, Status: "disabled", Created: testdb.DefaultTime})
	}, false, false},
	{"one who was invited and has not joined", func(f *fixture, _ testdb.Staff) testdb.Staff {
		return f.Staff(testdb.Staff{Distributor: f.reseller.ID, Status: "invited", Created: testdb.DefaultTime})
	}, false, false},
	{"one whom the requester invited", func(f *fixture, r testdb.Staff) testdb.Staff {
		return f.invite(r, f.reseller.ID, "puppet@nordlys.example", testdb.DefaultTime)
	}, false, false},
	{"one whom a person invited whom the requester invited", func(f *fixture, r testdb.Staff) testdb.Staff {
		first := f.invite(r, f.reseller.ID, "first@nordlys.example", testdb.DefaultTime)
		return f.invite(first, f.reseller.ID, "second@nordlys.example", testdb.DefaultTime)
	}, false, false},
	{"one whom another person invited", func(f *fixture, _ testdb.Staff) testdb.Staff {
		return f.invite(f.admin("Other", f.Provider.ID), f.reseller.ID, "new@nordlys.example", testdb.DefaultTime)
	}, true, true},
	{"one who accepted an old invitation today", func(f *fixture, _ testdb.Staff) testdb.Staff {
		s := f.invite(f.admin("Other", f.Provider.ID), f.reseller.ID, "new@nordlys.example", "")
		f.Exec(`update staff set created_at = $2 where id = $1`, s.ID, testdb.DefaultTime)
		return s
	}, false, true},
	{"one whom the requester invited again after another's invitation", func(f *fixture, r testdb.Staff) testdb.Staff {
		_, other := f.by(f.admin("Other", f.Provider.ID))
		s, err := f.office.Invite(f.t.Context(), other, identity.Invitation{
			Email: "again@nordlys.example", Change: identity.Change{
				Name: "Again", Role: identity.Administrator,
				DistributorID: f.reseller.ID,
			},
		})
		if err != nil {
			f.t.Fatal(err)
		}
		if _, err := f.office.Withdraw(f.t.Context(), other, s.ID); err != nil {
			f.t.Fatal(err)
		}
		return f.invite(r, f.reseller.ID, "again@nordlys.example", testdb.DefaultTime)
	}, false, false},
	{"one whose link the requester saw", func(f *fixture, r testdb.Staff) testdb.Staff {
		s := f.admin("Victim", f.reseller.ID)
		f.showLink(r, s)
		return s
	}, false, false},
	{"one whose link another administrator saw", func(f *fixture, _ testdb.Staff) testdb.Staff {
		s := f.admin("Victim", f.reseller.ID)
		f.showLink(f.admin("Other", f.Provider.ID), s)
		return s
	}, false, true},
	{
		"one whose link the requester saw, with a password from the command line since",
		func(f *fixture, r testdb.Staff) testdb.Staff {
			s := f.admin("Victim", f.reseller.ID)
			f.showLink(r, s)
			if err := identity.SetPassword(f.t.Context(), f.pool, audit.Actor{Name: "command line"}, s.Email,
				testdb.Password); err != nil {
				f.t.Fatal(err)
			}
			return s
		}, false, true,
	},
	{"one who chose another password by a mailed link today", func(f *fixture, _ testdb.Staff) testdb.Staff {
		s := f.admin("Ben", f.reseller.ID)
		_, by := f.by(s)
		if _, err := f.office.SendReset(f.t.Context(), by, s.ID); err != nil {
			f.t.Fatal(err)
		}
		var mail int64
		if err := f.pool.Get(&mail, `select max(id) from outbox where staff_id = $1`, s.ID); err != nil {
			f.t.Fatal(err)
		}
		opened, err := f.office.RevealLink(f.t.Context(), by, mail)
		if err != nil {
			f.t.Fatal(err)
		}
		_, link, _ := strings.Cut(opened.Plain, "https://")
		link, _, _ = strings.Cut(link, "\n")
		token := link[strings.LastIndex(link, "/")+1:]
		if _, err := f.office.UseLink(f.t.Context(), identity.ForReset, token, "seven green umbrellas",
			identity.Client{}); err != nil {
			f.t.Fatal(err)
		}
		return s
	}, false, true},
	{"one who was made administrator today", func(f *fixture, _ testdb.Staff) testdb.Staff {
		s := f.Staff(testdb.Staff{Distributor: f.reseller.ID, Role: "support", Created: testdb.DefaultTime})
		f.alter(s.ID, identity.Administrator, f.reseller.ID)
		return s
	}, false, true},
	{"one who was moved here today", func(f *fixture, _ testdb.Staff) testdb.Staff {
		s := f.admin("Guest", f.below.ID)
		f.alter(s.ID, identity.Administrator, f.reseller.ID)
		return s
	}, false, true},
	{"one who got another name today", func(f *fixture, _ testdb.Staff) testdb.Staff {
		s := f.admin("Ben", f.reseller.ID)
		f.alter(s.ID, identity.Administrator, f.reseller.ID)
		return s
	}, true, true},
	{"one who was enabled today", func(f *fixture, _ testdb.Staff) testdb.Staff {
		s := f.Staff(testdb.Staff{Distributor: f.reseller.ID, Status: "disabled", Created: testdb.DefaultTime})
		_, by := f.by(f.admin("Other", f.Provider.ID))
		if _, err := f.office.Enable(f.t.Context(), by, s.ID); err != nil {
			f.t.Fatal(err)
		}
		return s
	}, false, true},
	{"an administrator below", func(f *fixture, _ testdb.Staff) testdb.Staff {
		return f.admin("Below", f.below.ID)
	}, false, false},
	{"an administrator beside", func(f *fixture, _ testdb.Staff) testdb.Staff {
		return f.admin("Beside", f.Distributor(testdb.Distributor{}).ID)
	}, false, false},
	{"the provider's administrator, where there is no other", func(f *fixture, _ testdb.Staff) testdb.Staff {
		return f.admin("Above", f.Provider.ID)
	}, true, true},
	{"the provider's administrator, where the reseller has one who may", func(f *fixture, _ testdb.Staff) testdb.Staff {
		f.admin("Ben", f.reseller.ID)
		return f.admin("Above", f.Provider.ID)
	}, false, false},
	{
		"the provider's administrator, where the requester invited the reseller's other one",
		func(f *fixture, r testdb.Staff) testdb.Staff {
			f.invite(r, f.reseller.ID, "puppet@nordlys.example", testdb.DefaultTime)
			return f.admin("Above", f.Provider.ID)
		}, true, true,
	},
	{
		"the provider's administrator, where the requester disabled the reseller's other one",
		func(f *fixture, r testdb.Staff) testdb.Staff {
			ben := f.admin("Ben", f.reseller.ID)
			_, by := f.by(r)
			if _, err := f.office.Disable(f.t.Context(), by, ben.ID); err != nil {
				f.t.Fatal(err)
			}
			return f.admin("Above", f.Provider.ID)
		}, true, true,
	},
	{"whoever invited the requester", func(f *fixture, r testdb.Staff) testdb.Staff {
		boss := f.admin("Boss", f.reseller.ID)
		f.Exec(`insert into staff_origins (staff_id, from_id, how) values ($1, $2, 'invited')`, r.ID, boss.ID)
		return boss
	}, false, false},
	{"one whom the inviter of the requester invited", func(f *fixture, r testdb.Staff) testdb.Staff {
		boss := f.admin("Boss", f.reseller.ID)
		f.Exec(`insert into staff_origins (staff_id, from_id, how) values ($1, $2, 'invited')`, r.ID, boss.ID)
		return f.invite(boss, f.reseller.ID, "sibling@nordlys.example", testdb.DefaultTime)
	}, false, false},
	{"one added on the command line today", func(f *fixture, _ testdb.Staff) testdb.Staff {
		s, err := identity.Add(f.t.Context(), f.pool, audit.Actor{Name: "command line"}, identity.NewStaff{
			Email: "added@nordlys.example", Name: "Added", Distributor: f.reseller.Number,
			Role: identity.Administrator, Password: testdb.Password,
		})
		if err != nil {
			f.t.Fatal(err)
		}
		return testdb.Staff{ID: s.ID}
	}, false, true},
}

// alter gives a person a role and distributor as the provider's administrator.
func (f *fixture) alter(id int64, role identity.Role, distributor int64) {
	f.t.Helper()
	_, by := f.by(f.admin("Other", f.Provider.ID))
	if _, err := f.office.Change(f.t.Context(), by, id, identity.Change{
		Name: "Changed", Role: role,
		DistributorID: distributor,
	}); err != nil {
		f.t.Fatal(err)
	}
}

func TestWhoMayAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range answerCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			requester := f.admin("Requester", f.reseller.ID)
			person := c.make(f, requester)
			for at, want := range map[time.Duration]bool{0: c.now, 8 * 24 * time.Hour: c.later} {
				list, err := settings.Answerers(t.Context(), f.pool, accounts.Scope{Everything: true}, f.reseller.ID,
					requester.ID, time.Now().Add(at))
				if got := settings.Includes(list, person.ID); err != nil || got != want {
					t.Errorf("after %v: %v, want %v (%v)", at, got, want, err)
				}
			}
		})
	}
}

// The root has no superior: an administrator from the command line answers, 7 days later.
func TestWhoMayAnswerAtTheRoot(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	requester := f.admin("Requester", f.Provider.ID)
	f.invite(requester, f.Provider.ID, "puppet@aurora.example", testdb.DefaultTime)
	count := func(later time.Duration) int {
		list, err := settings.Answerers(t.Context(), f.pool, accounts.Scope{Everything: true}, f.Provider.ID,
			requester.ID, time.Now().Add(later))
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if n := count(8 * 24 * time.Hour); n != 0 {
		t.Errorf("%d answer whom the requester invited", n)
	}
	_, err := identity.Add(t.Context(), f.pool, audit.Actor{Name: "command line"}, identity.NewStaff{
		Email: "second@aurora.example", Name: "Second", Distributor: f.Provider.Number, Role: identity.Administrator,
		Password: testdb.Password,
	})
	if now, later := count(0), count(8*24*time.Hour); err != nil || now != 0 || later != 1 {
		t.Errorf("%d may answer at once and %d after a week, want 0 and 1 (%v)", now, later, err)
	}
}
