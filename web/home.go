package web

import (
	"net/http"

	"handover/views"
)

type homePages struct {
	nav func(*page) []views.NavSection
}

func (h homePages) show(p *page) error {
	v := views.Home{Greeting: "Home"}
	return p.Render(http.StatusOK, "Home", views.HomePage(v))
}
