package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"handover/internal/db"
	"handover/internal/fault"
)

// Provider is an OpenID Connect provider that vouches for staff members.
type Provider struct {
	Issuer       string // "https://login.aurora.example"
	ClientID     string
	ClientSecret string // "" = a public client
	Name         string // as people know it
	RedirectURL  string // where the provider sends people back to
}

const (
	providerTime = 10 * time.Second // for one answer
	askAgain     = time.Second      // after it was not found: waiting requests fail at once
)

// SignOn signs people in whom the provider vouches for. It asks the provider for its
// addresses at the first sign-in and not at the start, when the provider may be down.
type SignOn struct {
	authenticator *Authenticator
	settings      Provider
	client        *http.Client

	mu     sync.Mutex
	found  *oidc.Provider
	failed time.Time // when it was not found the last time
}

// NewSignOn returns single sign-on with the provider.
func NewSignOn(authenticator *Authenticator, p Provider) *SignOn {
	return &SignOn{authenticator: authenticator, settings: p, client: &http.Client{Timeout: providerTime}}
}

// Name returns the provider as people know it.
func (s *SignOn) Name() string { return s.settings.Name }

// withClient makes the libraries ask with our time limit.
func (s *SignOn) withClient(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, s.client)
}

// discover returns the provider with its addresses, asking for them until it
// answered once.
func (s *SignOn) discover(ctx context.Context) (*oidc.Provider, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.found != nil {
		return s.found, nil
	}
	if time.Since(s.failed) < askAgain {
		return nil, s.unavailable(nil)
	}
	found, err := oidc.NewProvider(s.withClient(ctx), s.settings.Issuer)
	if err != nil {
		s.failed = time.Now()
		slog.ErrorContext(ctx, "the provider of single sign-on was not found",
			slog.String("issuer", s.settings.Issuer), slog.Any("error", err))
		return nil, s.unavailable(err)
	}
	s.found = found
	return found, nil
}

func (s *SignOn) unavailable(cause error) error {
	e := fault.New(fault.Unavailable, msgProviderSilent, s.settings.Name)
	e.Cause = cause
	return e
}

func (s *SignOn) oauth(p *oidc.Provider) oauth2.Config {
	return oauth2.Config{
		ClientID: s.settings.ClientID, ClientSecret: s.settings.ClientSecret, Endpoint: p.Endpoint(),
		RedirectURL: s.settings.RedirectURL, Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}
}

// Start begins a sign-in at the provider. It returns the address to send the browser to,
// and a random id for a cookie, which the return must bring. next is where to go
// afterwards; anew makes the provider ask who the person is, though it knows the browser.
func (s *SignOn) Start(ctx context.Context, next string, anew bool) (address, browser string, err error) {
	ctx = db.WithoutScope(ctx) // not signed in yet
	p, err := s.discover(ctx)
	if err != nil {
		return "", "", err
	}
	browser = newToken()
	state, nonce, verifier := newToken(), newToken(), oauth2.GenerateVerifier()
	_, err = s.authenticator.db.ExecContext(ctx, `
		insert into single_sign_ons (state_hash, browser_hash, nonce, verifier, next, expires_at)
		values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`,
		idHash(state), idHash(browser), nonce, verifier, next, PendingTime.Seconds())
	if err != nil {
		return "", "", fmt.Errorf("start single sign-on: %w", err)
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)}
	if anew { // with max_age the provider says when it asked
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"),
			oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(FreshTime.Seconds()))))
	}
	config := s.oauth(p)
	return config.AuthCodeURL(state, options...), browser, nil
}

// Return is what the browser brings back from the provider.
type Return struct {
	State   string
	Code    string
	Error   string // the provider's code for why there is no Code
	Issuer  string // "" = the provider does not say
	Browser string // the id from the cookie
	Client  Client
}

// way is a row of single_sign_ons.
type way struct {
	Nonce    string `db:"nonce"`
	Verifier string `db:"verifier"`
	Next     string `db:"next"`
}

// Finish starts a session for the person whom the provider vouched for; it returns
// the session's random id and where to go. Each way is finished once.
func (s *SignOn) Finish(ctx context.Context, r Return, previous string) (token, next string, err error) {
	ctx = db.WithoutScope(ctx) // not signed in yet
	w, err := s.take(ctx, r)
	if err != nil {
		return "", "", err
	}
	if r.Issuer != "" && r.Issuer != s.settings.Issuer {
		return "", w.Next, fault.New(fault.Forbidden, msgOtherProvider, s.settings.Name)
	}
	if r.Error != "" || r.Code == "" {
		return "", w.Next, s.declined(r.Error)
	}
	c, err := s.claims(ctx, r.Code, w)
	if err != nil {
		return "", w.Next, err
	}
	token, err = s.authenticator.admitSubject(ctx, s.settings, c, r.Client, previous)
	return token, w.Next, err
}

// take removes the way that the state belongs to: a second return finds none.
func (s *SignOn) take(ctx context.Context, r Return) (way, error) {
	var ways []way
	err := s.authenticator.db.SelectContext(ctx, &ways, `
		delete from single_sign_ons where state_hash = $1 and browser_hash = $2 and expires_at > now()
		returning nonce, verifier, next`, idHash(r.State), idHash(r.Browser))
	if err != nil {
		return way{}, fmt.Errorf("finish single sign-on: %w", err)
	}
	if len(ways) == 0 {
		return way{}, fault.New(fault.Invalid, msgSignOnOver,
			s.settings.Name, int(PendingTime.Minutes()))
	}
	return ways[0], nil
}

// errorCode is how OAuth 2 writes why something was refused.
var errorCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// declined returns the error for a person who comes back without a code.
func (s *SignOn) declined(code string) error {
	switch {
	case code == "access_denied":
		return fault.New(fault.Forbidden, msgSignOnCancelled, s.settings.Name)
	case code == "temporarily_unavailable" || code == "server_error":
		return s.unavailable(errors.New(code))
	case errorCode.MatchString(code):
		return fault.New(fault.Forbidden, msgSignOnRefused, s.settings.Name, code)
	default:
		return fault.New(fault.Invalid, msgAnswerUnreadable, s.settings.Name)
	}
}

// claims is what the provider says about a person.
type claims struct {
	Subject  string
	Email    string
	Verified bool
	ProvedAt *time.Time // when the provider asked who one is, nil = it does not say
}

// claims exchanges the code and checks what comes for it: signature, issuer,
// audience, time and nonce.
func (s *SignOn) claims(ctx context.Context, code string, w way) (claims, error) {
	p, err := s.discover(ctx)
	if err != nil {
		return claims{}, err
	}
	ctx = s.withClient(ctx)
	config := s.oauth(p)
	tokens, err := config.Exchange(ctx, code, oauth2.VerifierOption(w.Verifier))
	if refusal, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refusal.ErrorCode != "" {
		slog.WarnContext(ctx, "the provider of single sign-on refused the code",
			slog.String("error", refusal.ErrorCode), slog.String("description", refusal.ErrorDescription))
		return claims{}, s.declined(refusal.ErrorCode)
	}
	if err != nil {
		return claims{}, s.unavailable(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: s.settings.ClientID, Now: s.authenticator.Now}).Verify(ctx, raw)
	if err != nil || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(w.Nonce)) != 1 {
		slog.WarnContext(ctx, "the provider's identity token was refused", slog.Any("error", err))
		return claims{}, fault.New(fault.Forbidden, msgClaimsNotOfSignIn, s.settings.Name)
	}
	return s.emailOf(ctx, p, tokens, id)
}

// emailOf returns the person with their email address: from the identity token,
// or, where the provider keeps it out of there, from its user info.
func (s *SignOn) emailOf(ctx context.Context, p *oidc.Provider, tokens *oauth2.Token,
	id *oidc.IDToken,
) (claims, error) {
	var said struct {
		Email    string `json:"email"`
		Verified any    `json:"email_verified"` // some write "true"
		AuthTime int64  `json:"auth_time"`
	}
	if err := id.Claims(&said); err != nil {
		return claims{}, s.unavailable(err)
	}
	var proved *time.Time
	if said.AuthTime > 0 {
		at := time.Unix(said.AuthTime, 0)
		proved = &at
	}
	if said.Email != "" {
		return claims{id.Subject, said.Email, said.Verified == true || said.Verified == "true", proved}, nil
	}
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return claims{}, s.unavailable(err)
	}
	if info.Subject != id.Subject {
		return claims{}, fault.New(fault.Forbidden, msgClaimsOfAnother, s.settings.Name)
	}
	return claims{id.Subject, info.Email, info.EmailVerified, proved}, nil
}
