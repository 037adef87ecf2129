package transfer_test

import (
	"os"
	"strings"
)

func (c *oracleCase) dump() {
	if os.Getenv("DUMP") == "" {
		return
	}
	w := c.o.b.words(c.o.b)
	for _, t := range strings.Split(os.Getenv("DUMP"), ",") {
		for _, l := range w[t] {
			c.t.Logf("%s: %s", t, l)
		}
	}
}
