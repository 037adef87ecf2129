package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// tally counts what came of the connections of a kind.
type tally struct{ opened, refused, held atomic.Int64 } // held: seconds in all

// String says it.
func (t *tally) String() string {
	opened := t.opened.Load()
	return fmt.Sprintf("%5d connections, %d refused, ended after %.1f s on average", opened, t.refused.Load(),
		float64(t.held.Load())/float64(max(1, opened))/1000)
}

// bad is a client that misbehaves on one connection after another.
type bad struct {
	at           *url.URL
	from, cookie string
	tally        *tally
}

// kinds are the ways to misbehave.
var kinds = []struct {
	name string
	act  func(b bad, c net.Conn)
}{
	{"silent", func(_ bad, c net.Conn) { wait(c) }},
	{"slow heads", func(b bad, c net.Conn) {
		drip(c, "GET /sign-in"+b.head("")+strings.Repeat("X-Pad: x\r\n", 10_000))
	}},
	{"half-sent forms", func(b bad, c net.Conn) {
		if b.form(c, "/sign-in", "", 60_000, 59_000) {
			wait(c)
		}
	}},
	{"half-sent large forms", func(b bad, c net.Conn) { // signed in
		if b.form(c, "/rcp/account/password", b.cookie, 1_000_000, 999_000) {
			wait(c)
		}
	}},
	{"huge bodies", func(b bad, c net.Conn) {
		b.form(c, "/preferences", "", 1<<40, 1<<30)
	}},
	{"slow readers of files", func(b bad, c net.Conn) {
		say(c, strings.Repeat("GET "+b.sheet()+b.head("")+"\r\n", 50))
		sip(c)
	}},
	{"slow readers of pages", func(b bad, c net.Conn) { // signed in
		say(c, strings.Repeat("GET /rcp/customers?size=100"+b.head(b.cookie)+"\r\n", 20))
		sip(c)
	}},
	{"slow readers of exports", func(b bad, c net.Conn) { // signed in
		say(c, "GET /rcp/subscriptions/export"+b.head(b.cookie)+"\r\n")
		sip(c)
	}},
	{"guesses of passwords", func(b bad, c net.Conn) {
		email := fmt.Sprintf("person%d@aurora.example", time.Now().UnixNano()%1000)
		body := "email=" + url.QueryEscape(email) + "&password=wrong+password"
		say(c, "POST /sign-in"+b.head("")+"Content-Type: application/x-www-form-urlencoded\r\n"+
			fmt.Sprintf("Connection: close\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
		wait(c)
	}},
}

// repeat misbehaves on one connection after another until the context ends.
func (b bad) repeat(ctx context.Context, act func(bad, net.Conn)) {
	dialer := net.Dialer{
		LocalAddr: &net.TCPAddr{IP: net.ParseIP(b.from)}, Timeout: 10 * time.Second,
		Control: func(_, _ string, raw syscall.RawConn) error { // a small window, so that answers wait for us
			return raw.Control(func(fd uintptr) {
				_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
			})
		},
	}
	for ctx.Err() == nil {
		conn, err := dialer.DialContext(ctx, "tcp", b.at.Host)
		if err != nil {
			b.tally.refused.Add(1)
			time.Sleep(time.Second)
			continue
		}
		end := context.AfterFunc(ctx, func() { _ = conn.Close() })
		began := time.Now()
		act(b, conn)
		b.tally.opened.Add(1)
		b.tally.held.Add(time.Since(began).Milliseconds())
		end()
		_ = conn.Close()
		time.Sleep(50 * time.Millisecond)
	}
}

func (b bad) head(cookie string) string {
	text := " HTTP/1.1\r\nHost: " + b.at.Host + "\r\nAccept-Encoding: gzip\r\n"
	if cookie != "" {
		text += "Cookie: " + cookie + "\r\n"
	}
	return text
}

// form announces a body and sends a part of it; it reports whether the connection is still open.
func (b bad) form(c net.Conn, path, cookie string, announced, sent int) bool {
	if !say(c, fmt.Sprintf("POST %s%sContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\nx=",
		path, b.head(cookie), announced)) {
		return false
	}
	for chunk := strings.Repeat("x", 64<<10); sent > 0; sent -= len(chunk) {
		if !say(c, chunk[:min(sent, len(chunk))]) {
			return false
		}
	}
	return true
}

var sheetName = regexp.MustCompile(`/static/tabler\.[0-9a-f]+\.css`)

// sheet is the address of the largest file, as the sign-in page names it.
func (b bad) sheet() string {
	c, err := net.Dial("tcp", b.at.Host)
	if err != nil {
		return "/sign-in"
	}
	defer func() { _ = c.Close() }()
	say(c, "GET /sign-in HTTP/1.0\r\nHost: "+b.at.Host+"\r\n\r\n")
	text, _ := io.ReadAll(c)
	return sheetName.FindString(string(text))
}

func say(c net.Conn, text string) bool {
	_, err := io.WriteString(c, text)
	return err == nil
}

// wait waits until the other side closes.
func wait(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// drip sends a byte a second.
func drip(c net.Conn, text string) {
	for text != "" && say(c, text[:1]) {
		text = text[1:]
		time.Sleep(time.Second)
	}
}

// sip reads a byte a second.
func sip(c net.Conn) {
	for one := make([]byte, 1); ; time.Sleep(time.Second) {
		if _, err := c.Read(one); err != nil {
			return
		}
	}
}
