package testdb

// Mail is a row of outbox.
type Mail struct {
	ID, Order, Staff, Brand, Attempts                       int64
	Recipient, Subject, Text, State, LastError, NextAttempt string
	MessageID, Secret                                       string
}

// Mail makes a mail in the provider's brand that waits to be sent, unless it says otherwise.
func (w *World) Mail(m Mail) Mail {
	w.t.Helper()
	w.count++
	either(&m.Brand, w.Brand.ID)
	either(&m.Recipient, "billing@fjord.example")
	either(&m.Subject, "Your account is now with Aurora Cloud")
	either(&m.Text, "Hello Fjord AS,\n\nfrom today Aurora Cloud looks after your contract.\n\nAurora Cloud\n")
	either(&m.State, "waiting")
	either(&m.NextAttempt, DefaultTime)
	either(&m.MessageID, "<"+number("TO", int64(w.count))+"@handover>")
	var sending, sent any
	switch m.State {
	case "sending":
		sending = DefaultTime
	case "sent":
		sent = DefaultTime
	}
	m.ID = w.insert("outbox", col{"order_id", null(m.Order)}, col{"staff_id", null(m.Staff)},
		col{"secret", null(m.Secret)}, col{"linked", m.Secret != ""}, col{"brand_id", m.Brand},
		col{"recipient", m.Recipient},
		col{"subject", m.Subject}, col{"body_text", m.Text}, col{"message_id", m.MessageID}, col{"state", m.State},
		col{"attempts", m.Attempts}, col{"last_error", m.LastError}, col{"next_attempt_at", m.NextAttempt},
		col{"sending_at", sending}, col{"sent_at", sent})
	return m
}
