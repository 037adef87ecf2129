// Command load misbehaves on many connections to a panel while an honest person opens pages, and
// prints how long these took. scripts/load.sh starts it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"handover/internal/demo"
)

// The aims: of the honest person's pages, and of the process.
const (
	aimP99    = 300 * time.Millisecond
	aimMemory = 256 // MiB
)

// calm is how long pages are opened before the others begin, for comparison.
const calm = 20 * time.Second

func main() {
	base := flag.String("base", "", "address of the panel")
	pid := flag.Int("pid", 0, "process of the panel")
	minutes := flag.Float64("minutes", 10, "how long the others misbehave")
	connections := flag.Int("connections", 200, "how many connections misbehave")
	flag.Parse()
	at, err := url.Parse(*base)
	if err == nil {
		err = run(at, *pid, time.Duration(*minutes*float64(time.Minute)), *connections)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(at *url.URL, pid int, length time.Duration, connections int) error {
	honest, err := signIn(at, "127.0.0.1", "admin@aurora.example", "/pcp")
	if err != nil {
		return err
	}
	before := honest.open(time.Now().Add(calm))
	fmt.Printf("%d cores, load %s\n", runtime.NumCPU(), load())
	fmt.Printf("calm:      %s; peak memory %s\n", before, peak(pid))
	hostile, err := signIn(at, "127.0.0.2", "admin@nordlys.example", "/rcp")
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(context.Background(), length)
	defer stop()
	var under sync.WaitGroup
	counts := make([]tally, len(kinds))
	for i := range connections {
		kind := i % len(kinds)
		b := bad{at: at, from: fmt.Sprintf("127.0.0.%d", 2+i%8), cookie: hostile.cookie(), tally: &counts[kind]}
		under.Go(func() { b.repeat(ctx, kinds[kind].act) })
	}
	during := honest.open(time.Now().Add(length))
	stop()
	under.Wait()
	fmt.Printf("under it:  %s; peak memory %s; load %s\n", during, peak(pid), load())
	for i, k := range kinds {
		fmt.Printf("  %-28s %s\n", k.name, counts[i].String())
	}
	p99, held := during.percentile(99), peakMiB(pid)
	if p99 > aimP99 || held > aimMemory || during.failed > 0 {
		return fmt.Errorf("the aims are a p99 of %s, %d MiB, and no page that fails", aimP99, aimMemory)
	}
	return nil
}

// person is somebody who opens pages in a browser.
type person struct {
	at     *url.URL
	client *http.Client
	pages  []string
}

// signIn signs a person of the demo data in to their panel, from an address of this machine.
func signIn(at *url.URL, from, email, panel string) (*person, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	p := &person{at: at, client: &http.Client{
		Jar: jar, Timeout: time.Minute, Transport: &http.Transport{DialContext: dialer.DialContext},
	}}
	form := url.Values{"email": {email}, "password": {demo.Password}}
	answer, err := p.client.PostForm(at.String()+"/sign-in", form)
	if err != nil {
		return nil, err
	}
	_ = answer.Body.Close()
	list, err := p.page(panel + "/customers")
	if err != nil {
		return nil, err
	}
	customer := regexp.MustCompile(panel + `/customers/C-\d+`).FindString(list)
	if customer == "" {
		return nil, fmt.Errorf("nobody is signed in: the list of customers shows none")
	}
	p.pages = []string{
		panel + "/", panel + "/customers", panel + "/customers?q=cloud", customer, panel + "/subscriptions",
		panel + "/orders", panel + "/journal", panel + "/plans", panel + "/audit", panel + "/search?q=fjord",
	}
	return p, nil
}

func (p *person) cookie() string {
	var all []string
	for _, c := range p.client.Jar.Cookies(p.at) {
		all = append(all, c.Name+"="+c.Value)
	}
	return strings.Join(all, "; ")
}

// page opens a page and reads it whole.
func (p *person) page(path string) (string, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, p.at.String()+path, nil)
	if err != nil {
		return "", err
	}
	answer, err := p.client.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %d", path, answer.StatusCode)
	}
	return string(text), err
}

// opened is how long each page took, and how many gave no answer or an error.
type opened struct {
	took   []time.Duration
	failed int
}

// open opens page after page until then, ten a second at most.
func (p *person) open(until time.Time) (o opened) {
	for i := 0; time.Now().Before(until); i++ {
		began := time.Now()
		if _, err := p.page(p.pages[i%len(p.pages)]); err != nil {
			fmt.Println(err)
			o.failed++
		}
		o.took = append(o.took, time.Since(began))
		time.Sleep(max(0, 100*time.Millisecond-time.Since(began)))
	}
	return o
}

func (o opened) percentile(p int) time.Duration {
	sorted := slices.Sorted(slices.Values(o.took))
	return sorted[(len(sorted)-1)*p/100]
}

// String says the figures.
func (o opened) String() string {
	return fmt.Sprintf("%d pages, %d failed, p50 %s, p99 %s, longest %s", len(o.took), o.failed,
		o.percentile(50).Round(time.Millisecond), o.percentile(99).Round(time.Millisecond),
		o.percentile(100).Round(time.Millisecond))
}

// peakMiB is the most memory that the process has held.
func peakMiB(pid int) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	var kib int
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kib); err == nil {
			return kib / 1024
		}
	}
	return 0
}

func peak(pid int) string { return fmt.Sprintf("%d MiB", peakMiB(pid)) }

// load is the machine's load of the last minute.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
