package transfers

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"handover/internal/accounts"
	views "handover/views/transfers"
	"handover/web/page"
)

// The lists lead here with what is selected; the dialog of the one source follows.

// maxSelected is how many rows a list can hand over.
const maxSelected = 200

// startMerge takes one or two customers: the second is the proposed target.
func (h draftPages) startMerge(p *page.Page) error {
	chosen := unique(p.ReadQuery().Texts("customer"))
	v := views.DialogRefused{Title: h.flow.Title, Back: p.URL(h.flow.List), BackLabel: labelBackToAccounts}
	switch n := len(chosen); {
	case n == 0:
		v.Sentence = "No customer is selected. Select the source customer in the list, and the target if you " +
			"like, then choose Merge Selected."
	case n > 2:
		v.Sentence = fmt.Sprintf(msgSelectTwo, n)
	}
	if v.Sentence != "" {
		return p.Render(http.StatusUnprocessableEntity, h.flow.Title, views.DialogRefusedPage(v))
	}
	id, err := accounts.FindCustomer(p.Ctx(), p.DB(), p.Scope(), chosen[0])
	if err != nil {
		return err
	}
	address := h.flow.Path(accounts.Number(accounts.CustomerPrefix, id), selectStep)
	if len(chosen) == 2 {
		address += "?" + url.Values{"target": {chosen[1]}}.Encode()
	}
	return p.Redirect(address)
}

// unique drops what occurs again, and keeps the order.
func unique(list []string) []string {
	var out []string
	for _, text := range list {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}
