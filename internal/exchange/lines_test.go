package exchange

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

func readAll(text string) (records [][]string, starts []int, err error) {
	r, err := newLines(strings.NewReader(text))
	if err != nil {
		return nil, nil, err
	}
	for {
		fields, line, err := r.next()
		if errors.Is(err, io.EOF) {
			return records, starts, nil
		}
		if err != nil {
			return records, starts, err
		}
		records, starts = append(records, fields), append(starts, line)
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       [][]string
		starts     []int
	}{
		{"nothing", "", nil, nil},
		{"no line end at the end", "a,b\n1,2", [][]string{{"a", "b"}, {"1", "2"}}, []int{1, 2}},
		{"Windows line ends", "a,b\r\n1,2\r\n", [][]string{{"a", "b"}, {"1", "2"}}, []int{1, 2}},
		{"blank lines", "a,b\n\n\r\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}, []int{1, 4}},
		{"byte order mark", "\ufeffa,b\n", [][]string{{"a", "b"}}, []int{1}},
		{"quotes", `"a","b ""c"", d"` + "\n,\"\"\n", [][]string{{"a", `b "c", d`}, {"", ""}}, []int{1, 2}},
		{
			"line ends in quotes stay as they are", "\"a\r\nb\nc\rd\",e\nf,g",
			[][]string{{"a\r\nb\nc\rd", "e"}, {"f", "g"}},
			[]int{1, 4},
		},
		{
			"quotes before a Windows line end", "\"a\",\"b\"\r\n\"c\",\"d\"\r",
			[][]string{{"a", "b"}, {"c", "d"}},
			[]int{1, 2},
		},
		{"a comma at the end", "a,b,", [][]string{{"a", "b", ""}}, []int{1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, starts, err := readAll(tt.text)
			if err != nil || !slices.EqualFunc(got, tt.want, slices.Equal) || !slices.Equal(starts, tt.starts) {
				t.Errorf("got %q at %d, %v", got, starts, err)
			}
		})
	}
	if _, _, err := readAll("a,\"" + strings.Repeat("x", longestLine+1)); err == nil {
		t.Error("a quote that is never closed reads on")
	}
}

// FuzzLines compares the reader with the standard library's, and checks that what an
// export writes reads back as it was.
func FuzzLines(f *testing.F) {
	for _, text := range []string{
		"a,b\n1,2\n", "\"a\"\"\",b\r\n\r\n", "\"a\nb\",\"\"", "a\"b,c\n", "\"a\"b\n",
		"\ufeff\"", "\r,\r\r\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, _, err := readAll(text)
		if !strings.ContainsAny(text, "\r\ufeff") {
			std := csv.NewReader(strings.NewReader(text))
			std.FieldsPerRecord = -1
			want, stdErr := std.ReadAll()
			want = slices.DeleteFunc(want, func(r []string) bool { return len(r) == 1 && r[0] == "" })
			if (err == nil) != (stdErr == nil) || err == nil && !slices.EqualFunc(got, want, slices.Equal) {
				t.Fatalf("%q: got %q, %v; want %q, %v", text, got, err, want, stdErr)
			}
		}
		if err == nil {
			again, _, err := readAll(written(got))
			if err != nil || !slices.EqualFunc(got, again, slices.Equal) {
				t.Fatalf("%q: %q reads back as %q, %v", text, got, again, err)
			}
		}
	})
}

// written writes records as an export does.
func written(records [][]string) string {
	var text strings.Builder
	out := bufio.NewWriter(&text)
	for _, r := range records {
		for i, v := range r {
			if i > 0 {
				_ = out.WriteByte(',')
			}
			writeValue(out, []byte(v))
		}
		_ = out.WriteByte('\n')
	}
	_ = out.Flush()
	return text.String()
}
