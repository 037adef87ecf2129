package web_test

import (
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp/totp"

	"handover/internal/testdb"
)

const factorPage = "/pcp/account/second-factor"

// enrol turns the signed-in person's second factor on, as they do it, and returns
// its secret and the recovery codes.
func (p panel) enrol() (secret string, codes []string) {
	p.Helper()
	form := p.get(factorPage).form(factorPage + "/start")
	form.Set("password", testdb.Password)
	page := p.post(factorPage+"/start", form).follow()
	secret = strings.ReplaceAll(page.doc.Find(".factor-secret").Text(), " ", "")
	form = page.form(factorPage + "/confirm")
	form.Set("code", p.codeOf(secret))
	done := p.post(factorPage+"/confirm", form)
	done.must("Your second factor is on.")
	codes = regexp.MustCompile(`[A-Z2-7]{4}(-[A-Z2-7]{4}){3}`).FindAllString(done.text(), -1)
	if len(codes) != 10 {
		p.Fatalf("%d recovery codes: %s", len(codes), done.text())
	}
	return secret, codes
}

// codeOf returns the code of now, and forgets that it, or one of its neighbours, was used.
func (p panel) codeOf(secret string) string {
	p.Helper()
	p.world.Exec(`update second_factors set last_step = 0`)
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		p.Fatal(err)
	}
	return code
}

func TestSettingUpASecondFactor(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.get(factorPage+"/picture.png").wants(t, http.StatusNotFound, "no second factor is being set up")
	off := p.get(factorPage)
	off.wants(t, http.StatusOK, "Your second factor is off")
	wrong := p.post(factorPage+"/start", url.Values{"password": {"wrong password"}})
	wrong.wants(t, http.StatusUnprocessableEntity, "This is not your current password.")

	page := p.post(factorPage+"/start", url.Values{"password": {testdb.Password}}).follow()
	secret := strings.ReplaceAll(page.doc.Find(".factor-secret").Text(), " ", "")
	if len(secret) != 32 {
		t.Fatalf("the secret is %q", secret)
	}
	picture := p.get(page.doc.Find("img.factor-picture").AttrOr("src", "/nowhere"))
	if picture.header.Get("Content-Type") != "image/png" || picture.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the picture is %s, kept as %s", picture.header.Get("Content-Type"),
			picture.header.Get("Cache-Control"))
	}
	p.expectPicture(picture.body, secret)
	p.post(factorPage+"/confirm", url.Values{"code": {""}}).wants(t, http.StatusUnprocessableEntity,
		"Enter the six digits that your app shows.")
	p.post(factorPage+"/confirm", url.Values{"code": {"abcdef"}}).wants(t, http.StatusUnprocessableEntity,
		"This code is not right.", secret[:4])
	p.post(factorPage+"/cancel", nil).follow().must("Your second factor is off")
	p.post(factorPage+"/confirm", url.Values{"code": {"123456"}}).wants(t, http.StatusNotFound)

	secret, codes := p.enrol()
	on := p.get(factorPage)
	on.wants(t, http.StatusOK, "Your second factor is on", "10 recovery codes are left")
	if strings.Contains(on.body, secret) || strings.Contains(on.body, codes[0]) {
		t.Error("the page tells secrets again")
	}
	p.get(factorPage+"/picture.png").wants(t, http.StatusNotFound)

	wrongly := p.post(factorPage+"/codes", url.Values{"password": {testdb.Password}, "code": {"000000"}})
	wrongly.wants(t, http.StatusUnprocessableEntity, "This code is not right.")
	if wrongly.doc.Find(`.error-summary a[href="#codes-code"]`).Length() != 1 ||
		wrongly.doc.Find("#codes-code.is-invalid").Length() != 1 ||
		wrongly.doc.Find("#off-code.is-invalid").Length() != 0 {
		t.Error("the summary does not lead to the field")
	}
	p.post(factorPage+"/codes", url.Values{"password": {testdb.Password}, "code": {codes[0]}}).wants(t, http.StatusOK,
		"You have new recovery codes.")
	p.post(factorPage+"/off", url.Values{}).wants(t, http.StatusUnprocessableEntity, "Enter your password.",
		"Enter the code")
	p.post(factorPage+"/off", url.Values{
		"password": {testdb.Password},
		"code":     {p.codeOf(secret)},
	}).follow().must("Your second factor is off.")
}

// expectPicture fails unless the image is the QR code of the secret, module by
// module.
func (p panel) expectPicture(body, secret string) {
	p.Helper()
	got, err := png.Decode(strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	want, err := qr.Encode("otpauth://totp/Handover:"+p.staff.Email+"?issuer=Handover&secret="+secret, qr.M, qr.Auto)
	if err == nil {
		want, err = barcode.Scale(want, got.Bounds().Dx(), got.Bounds().Dy())
	}
	if err != nil {
		p.Fatal(err)
	}
	for x := range got.Bounds().Dx() {
		for y := range got.Bounds().Dy() {
			if a, b := color.GrayModel.Convert(got.At(x, y)), color.GrayModel.Convert(want.At(x, y)); a != b {
				p.Fatalf("the picture differs at %d, %d", x, y)
			}
		}
	}
}

func TestSigningInWithACode(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	secret, codes := p.enrol()
	first := func(p panel) answer {
		return p.post("/sign-in", url.Values{
			"email": {p.staff.Email}, "password": {testdb.Password},
			"next": {"/pcp/orders"},
		})
	}
	t.Run("a code", func(t *testing.T) {
		p := p.otherBrowser()
		a := first(p)
		for _, want := range []string{"handover_pending=", "HttpOnly", "SameSite=Lax", "Max-Age=600"} {
			if !strings.Contains(a.header.Get("Set-Cookie"), want) {
				t.Errorf("the cookie lacks %s: %s", want, a.header.Get("Set-Cookie"))
			}
		}
		p.mustBeOutside(t)
		page := a.follow()
		form := page.form("/sign-in/code")
		form.Set("code", "000000")
		again := p.post("/sign-in/code", form)
		again.wants(t, http.StatusUnprocessableEntity, "This code is not right.")
		p.mustBeOutside(t)
		form = again.form("/sign-in/code")
		form.Set("code", p.codeOf(secret))
		done := p.post("/sign-in/code", form)
		if done.header.Get("Location") != "/pcp/orders" {
			t.Fatalf("answered %d: %s", done.status, done.text())
		}
		if home := p.get("/pcp/"); home.status != http.StatusOK {
			t.Errorf("home answered %d", home.status)
		}
		if a := p.get("/sign-in/code"); a.header.Get("Location") != "/pcp/" {
			t.Errorf("the second step is still there: %d", a.status)
		}
	})
	t.Run("a recovery code, once", func(t *testing.T) {
		for _, want := range []int{http.StatusSeeOther, http.StatusUnprocessableEntity} {
			p := p.otherBrowser()
			form := first(p).follow().form("/sign-in/code")
			form.Set("code", codes[0])
			if a := p.post("/sign-in/code", form); a.status != want {
				t.Errorf("answered %d, want %d: %s", a.status, want, a.text())
			}
		}
	})
	t.Run("another browser", func(t *testing.T) {
		first(p.otherBrowser())
		p := p.otherBrowser()
		a := p.post("/sign-in/code", url.Values{"code": {p.codeOf(secret)}, "next": {"//evil.example"}})
		if a.header.Get("Location") != "/sign-in" {
			t.Errorf("answered %d, led to %s", a.status, a.header.Get("Location"))
		}
		a.follow().must("This sign-in has ended. Enter your email address and password again.")
		p.mustBeOutside(t)
	})
	t.Run("no first step", func(t *testing.T) {
		p.otherBrowser().get("/sign-in/code?next=/pcp/rates").follow().must("This sign-in has ended.")
	})
	t.Run("five wrong codes", func(t *testing.T) {
		p := p.otherBrowser()
		p.world.Exec(`delete from sign_in_attempts`)
		form := first(p).follow().form("/sign-in/code")
		form.Set("code", "000000")
		for range 4 {
			p.post("/sign-in/code", form).wants(t, http.StatusUnprocessableEntity)
		}
		p.post("/sign-in/code", form).follow().must("5 codes were wrong, so this sign-in has ended. Wait 15 minutes")
		form.Set("code", p.codeOf(secret))
		if a := p.post("/sign-in/code", form); !strings.HasPrefix(a.header.Get("Location"), "/sign-in") {
			t.Errorf("after them the right code answered %d", a.status)
		}
		p.mustBeOutside(t)
	})
}

func TestARequiredSecondFactorComesFirst(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	distributor := "/pcp/distributors/" + p.world.Provider.Number
	form := p.open(distributor).form(distributor + "/second-factor")
	if form.Has("required") {
		t.Error("it is required already")
	}
	form.Set("required", "true")
	form.Set("password", p.staff.Password)
	if a := p.post(distributor+"/second-factor", form); a.header.Get("Location") != distributor {
		t.Fatalf("answered %d", a.status)
	}
	for _, path := range []string{"/pcp/", "/pcp/customers", "/pcp/orders/export", distributor} {
		if a := p.get(path); a.header.Get("Location") != factorPage {
			t.Errorf("%s answered %d, led to %q", path, a.status, a.header.Get("Location"))
		}
	}
	if a := p.post(distributor+"/second-factor", url.Values{}); a.header.Get("Location") != factorPage {
		t.Errorf("the setting can be taken back first: %d", a.status)
	}
	part := p.request(http.MethodGet, "/pcp/customers", nil)
	part.Header.Set("HX-Request", "true")
	if a := p.send(part); a.header.Get("HX-Redirect") != factorPage {
		t.Errorf("a part of a page answered %d", a.status)
	}
	p.get(factorPage).wants(t, http.StatusOK, "Set up your second factor first", "requires one",
		"Staff of Aurora Cloud now need a second factor.")
	p.enrol()
	if form := p.open(distributor).form(distributor + "/second-factor"); form.Get("required") != "true" {
		t.Error("the setting is not shown")
	}
	if got := p.world.Text(`select before::text || after::text from audit_entries
		where action = 'distributor.second_factor'`); got != `{"required": false}{"required": true}` {
		t.Errorf("audit: %s", got)
	}
	p.world.Exec(`update distributors set second_factor_required = false`)
	p.become(testdb.Staff{Role: "account_manager"})
	if a := p.post(distributor+"/second-factor", form); a.status != http.StatusForbidden {
		t.Errorf("an account manager requires it: %d, want 403", a.status)
	}
	p.open(distributor).must("Not required")
}
