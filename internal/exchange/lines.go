package exchange

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// longestLine limits how much an unclosed quote can swallow.
const longestLine = 1 << 20

// lines reads CSV (RFC 4180) and says on which line each record begins. Unlike
// encoding/csv it keeps line ends inside quotes as they are, so that a text comes out of a
// round trip unchanged.
type lines struct {
	in   *bufio.Reader
	at   int // the line that is being read
	buf  []byte
	ends []int // where each field of the record ends in buf
}

func newLines(in io.Reader) (*lines, error) {
	r := &lines{in: bufio.NewReaderSize(in, 1<<16), at: 1}
	mark, err := r.in.Peek(3)
	if string(mark) == "\ufeff" {
		_, err = r.in.Discard(3)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return r, nil
}

// malformed is a record that cannot be read; what follows it cannot either.
type malformed struct {
	line    int
	message string
}

func (m *malformed) Error() string { return m.message }

// next returns the fields of the next record and the line where it begins. Blank
// lines are passed over. At the end the error is io.EOF.
func (r *lines) next() (fields []string, line int, err error) {
	for {
		line = r.at
		r.buf, r.ends = r.buf[:0], r.ends[:0]
		if err := r.record(line); err != nil {
			return nil, line, err
		}
		if len(r.ends) > 1 || len(r.buf) > 0 {
			break
		}
	}
	all, start := string(r.buf), 0
	fields = make([]string, len(r.ends))
	for i, end := range r.ends {
		fields[i], start = all[start:end], end
	}
	return fields, line, nil
}

// record reads up to the end of the line or the file.
func (r *lines) record(line int) error {
	for {
		b, err := r.in.ReadByte()
		if errors.Is(err, io.EOF) && len(r.buf) == 0 && len(r.ends) == 0 {
			return io.EOF
		}
		if err == nil && b == '"' {
			b, err = r.quoted(line)
		} else {
			b, err = r.plain(line, b, err)
		}
		r.ends = append(r.ends, len(r.buf))
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case b == '\n':
			r.at++
			return nil
		}
	}
}

// plain reads a field without quotes that begins with b, and returns what ended it.
func (r *lines) plain(line int, b byte, err error) (byte, error) {
	for ; err == nil; b, err = r.in.ReadByte() {
		switch b {
		case ',', '\n':
			return b, nil
		case '\r':
			if after, _ := r.in.Peek(1); len(after) == 0 || after[0] == '\n' {
				continue
			}
		case '"':
			return 0, &malformed{line, msgInsideValueDoesNot}
		}
		if err := r.keep(line, b); err != nil {
			return 0, err
		}
	}
	return 0, err
}

// quoted reads a field after its opening quote, and returns what ended it.
func (r *lines) quoted(line int) (byte, error) {
	for {
		b, err := r.in.ReadByte()
		if errors.Is(err, io.EOF) {
			return 0, &malformed{line, msgOpenedHereNeverClosed}
		}
		if err != nil {
			return 0, err
		}
		if b == '"' {
			b, err = r.in.ReadByte()
			if b == '\r' && err == nil {
				if after, _ := r.in.Peek(1); len(after) == 0 || after[0] == '\n' {
					b, err = r.in.ReadByte()
				}
			}
			switch {
			case err != nil || b == ',' || b == '\n':
				return b, err
			case b != '"':
				return 0, &malformed{line, msgSomethingFollowsClosingDouble}
			}
		}
		if b == '\n' {
			r.at++
		}
		if err := r.keep(line, b); err != nil {
			return 0, err
		}
	}
}

func (r *lines) keep(line int, b byte) error {
	if len(r.buf) == longestLine {
		return &malformed{line, fmt.Sprintf(`the line has more than %d bytes; is a " not closed?`, longestLine)}
	}
	r.buf = append(r.buf, b)
	return nil
}
