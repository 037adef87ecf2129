package billing

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"handover/internal/fault"
)

// ECBSource is the source that rates of the European Central Bank are kept under.
const ECBSource = "ECB"

// ECBLimit is how large a rate file may be, unpacked; all of the history takes a
// quarter of it.
const ECBLimit = 32 << 20

// maxECBFaults limits the number of mistakes that one answer lists.
const maxECBFaults = 100

// euro is the base of every ECB rate.
const euro = "EUR"

// ECBFile is what a reference rate file of the European Central Bank says.
type ECBFile struct {
	Rates   []ECBRate
	Skipped []string // currency codes that ISO 4217 does not know
}

// ECBRate is one rate of such a file: 1 EUR = Rate Currency.
type ECBRate struct {
	On       time.Time
	Currency string
	Rate     decimal.Decimal
}

// ReadECB reads a daily or history file in any of the forms in which they are
// published: XML, CSV, or a zip of one CSV. Every wrong place is named by its line and
// value, and one is enough to refuse the file. Rates dated after today are wrong.
func ReadECB(data []byte, today time.Time) (ECBFile, error) {
	if len(data) > ECBLimit {
		return ECBFile{}, tooLarge()
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("PK\x05\x06")) {
		var err error
		if data, err = unpackECB(data); err != nil {
			return ECBFile{}, err
		}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	r := &ecbReader{today: today, seen: map[ecbKey]decimal.Decimal{}, skipped: map[string]bool{}}
	switch text := bytes.TrimSpace(data); {
	case len(text) == 0:
		return ECBFile{}, fault.InvalidField("file", msgFileEmpty)
	case bytes.IndexByte(data, 0) >= 0:
		at := bytes.IndexByte(data, 0)
		return ECBFile{}, fault.InvalidField("file", msgFileHasNUL, lineAt(data, at), msgWhichFile)
	case !utf8.Valid(data):
		return ECBFile{}, fault.InvalidField("file", msgFileNotUTF8, msgWhichFile)
	case text[0] == '<':
		r.readXML(data)
	default:
		r.readCSV(data)
	}
	if err := r.wrong.Err(); err != nil {
		return ECBFile{}, err
	}
	if len(r.file.Rates) == 0 && len(r.file.Skipped) == 0 {
		return ECBFile{}, fault.InvalidField("file", msgFileWithoutRates, msgWhichFile)
	}
	return r.file, nil
}

func tooLarge() error {
	return fault.New(fault.TooLarge, msgFileTooLarge, ECBLimit>>20)
}

// unpackECB returns the one file in a zip.
func unpackECB(data []byte) ([]byte, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, &fault.Error{
			Code: fault.Invalid, Cause: err,
			Fields: []fault.Field{{Name: "file", Message: msgZipUnreadable}},
		}
	}
	if len(archive.File) != 1 {
		return nil, fault.InvalidField("file", msgZipHoldsMany, len(archive.File))
	}
	in, err := archive.File[0].Open()
	if err == nil {
		defer func() { _ = in.Close() }()
		data, err = io.ReadAll(io.LimitReader(in, ECBLimit+1))
	}
	if err != nil {
		return nil, &fault.Error{
			Code: fault.Invalid, Cause: err,
			Fields: []fault.Field{{Name: "file", Message: fmt.Sprintf(msgZipDamaged, archive.File[0].Name)}},
		}
	}
	if len(data) > ECBLimit {
		return nil, tooLarge()
	}
	return data, nil
}

func lineAt(data []byte, at int) int { return 1 + bytes.Count(data[:at], []byte("\n")) }
