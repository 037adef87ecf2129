package demo

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"handover/internal/money"
)

// pack writes the world's files into an archive in memory, which is an fs.FS.
func pack(w *world) (fs.FS, error) {
	var buf bytes.Buffer
	archive := zip.NewWriter(&buf)
	v := reflect.ValueOf(w).Elem()
	for i := range v.NumField() {
		name := snake(v.Type().Field(i).Name) + ".csv"
		file, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
		if err := writeRows(file, v.Field(i)); err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("write the demo data: %w", err)
	}
	return zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
}

// writeRows writes a slice of row structs as CSV with a header.
func writeRows(out io.Writer, rows reflect.Value) error {
	w := csv.NewWriter(out)
	if err := w.Write(header(rows.Type().Elem())); err != nil {
		return err
	}
	var cells []string
	for i := range rows.Len() {
		row := reflect.Indirect(rows.Index(i))
		cells = cells[:0]
		for f := range row.NumField() {
			cells = append(cells, cell(row.Field(f)))
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// header returns the columns of a row type.
func header(row reflect.Type) []string {
	if row.Kind() == reflect.Pointer {
		row = row.Elem()
	}
	var columns []string
	for f := range row.NumField() {
		columns = append(columns, snake(row.Field(f).Name))
	}
	return columns
}

// cell writes one value as the import format wants it; the zero date and the
// zero amount without a currency are empty.
func cell(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		if v.Bool() {
			return "true"
		}
		return "false"
	}
	switch x := v.Interface().(type) {
	case time.Time:
		if x.IsZero() {
			return ""
		}
		return x.Format(time.DateOnly)
	case money.Amount:
		if x.Currency == "" {
			return ""
		}
		return money.Format(x.Value, x.Currency)
	case decimal.Decimal:
		return money.Plain(x)
	}
	panic("demo: a row has a field of type " + v.Type().String())
}

// snake turns a field's name into a column's or file's: "PlanID" into "plan_id".
func snake(name string) string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		if unicode.IsUpper(r) && lower {
			b.WriteByte('_')
		}
		lower = unicode.IsLower(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
