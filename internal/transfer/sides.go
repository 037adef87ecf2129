package transfer

import "slices"

// WithoutOthers is the preview without the findings that may be about accounts beside the two: they
// were found in the requester's scope.
func (p *Preview) WithoutOthers() *Preview {
	if p == nil {
		return nil
	}
	kept := *p
	kept.Findings = slices.DeleteFunc(slices.Clone(p.Findings), func(f Finding) bool { return f.Code.NamesOthers() })
	return &kept
}

// OfSource is what of the preview only who sees the source may see: that account.
func (p *Preview) OfSource() *Preview {
	if p == nil {
		return nil
	}
	return &Preview{Source: p.Source}
}

// OfTarget is the same for the target.
func (p *Preview) OfTarget() *Preview {
	if p == nil {
		return nil
	}
	return &Preview{Target: p.Target}
}

// Of is the result for a reader who sees the account and not the other one: the memos of the account
// without what the other side had, and which personal data went, without how much there was.
func (r *Result) Of(account string) *Result {
	if r == nil {
		return nil
	}
	seen := Result{}
	for _, m := range r.Memos {
		if m.Customer == account {
			seen.Memos = append(seen.Memos, PostedMemo{
				Kind: m.Kind, Number: m.Number, Customer: m.Customer, Amount: m.Amount, Entry: m.Entry,
				PostedOn: m.PostedOn, DueOn: m.DueOn,
				Origin: m.Origin, Debit: m.Debit, Credit: m.Credit,
			})
		}
	}
	for _, d := range r.Personal {
		seen.Personal = append(seen.Personal, PersonalData{What: d.What, Went: d.Went, Why: d.Why, Basis: d.Basis})
	}
	return &seen
}

// OfTarget is the result for a reader who sees the target alone: who holds the personal data besides.
func (r *Result) OfTarget(account string) *Result {
	seen := r.Of(account)
	if seen != nil {
		seen.Recipient = r.Recipient
	}
	return seen
}
