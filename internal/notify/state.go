package notify

import (
	"slices"

	"github.com/lib/pq"
)

// State is the delivery state of a mail.
type State string

// The states.
const (
	Waiting     State = "waiting"     // for its next attempt
	Sending     State = "sending"     // a process hands it to the server
	Sent        State = "sent"        // the server took it
	Failed      State = "failed"      // given up
	Unconfirmed State = "unconfirmed" // the server may or may not have taken it
)

// changes is the one table of how states follow each other.
var changes = []struct {
	State State
	After []State
}{
	{Waiting, []State{Sending, Failed, Unconfirmed}}, // refused; Resend
	{Sending, []State{Waiting}},
	{Sent, []State{Sending, Unconfirmed}}, // also by a process that was taken for dead
	{Failed, []State{Sending}},
	{Unconfirmed, []State{Sending}},
}

// resendable are the states in which a person may have a mail sent again.
var resendable = []State{Failed, Unconfirmed}

// revocable are the states in which a mail whose link is dead is not sent any more.
var revocable = []State{Waiting}

// States returns all states in the order of a mail's life.
func States() []State {
	out := make([]State, 0, len(changes))
	for _, c := range changes {
		out = append(out, c.State)
	}
	return out
}

// Resendable reports whether a person may have a mail in this state sent again.
func (s State) Resendable() bool { return slices.Contains(resendable, s) }

// after returns the states that this one may follow, as an argument of a query.
func (s State) after() any {
	for _, c := range changes {
		if c.State == s {
			return states(c.After)
		}
	}
	return states(nil)
}

func states(list []State) any {
	text := make([]string, len(list))
	for i, s := range list {
		text[i] = string(s)
	}
	return pq.Array(text)
}
