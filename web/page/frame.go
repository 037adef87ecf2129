package page

import (
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/engine"
	"handover/internal/identity"
	"handover/internal/vault"
	"handover/internal/webhooks"
	"handover/static"
	"handover/web/api"
)

// Frame is what the pages share; the server builds it once.
type Frame struct {
	DB            *sqlx.DB
	Log           *slog.Logger
	Transfers     *engine.Engine
	BaseURL       string        // "https://panel.example"
	SendsMail     bool          // a mail server is set
	Patience      time.Duration // how long a click waits for its order to end; 0 = two seconds
	Assets        *static.Assets
	Authenticator *identity.Authenticator
	SignOn        *identity.SignOn // nil = none
	API           *api.API
	Webhooks      webhooks.Desk
	MailedLinks   vault.Vault // seals the links in mails
	Cookies       Cookies
	Pages         map[string]Route // pages of the panels by their path, for the navigation and links
}

// StaffService manages the people who sign in.
func (f *Frame) StaffService() identity.StaffService {
	return identity.StaffService{DB: f.DB, BaseURL: f.BaseURL, Vault: f.MailedLinks}
}
