package system

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	views "handover/views/system"
	"handover/web/page"
)

// shownChanges is how many values of an entry its page shows.
const shownChanges = 300

// auditChanges compares the JSON of before and after value by value, "" = none. It
// returns what to show and how many values are left out.
func auditChanges(before, after string) ([]views.AuditChange, int, error) {
	old, err := flatten(before)
	if err != nil {
		return nil, 0, err
	}
	current, err := flatten(after)
	if err != nil {
		return nil, 0, err
	}
	var out []views.AuditChange
	for _, path := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(old.paths, current.paths)))) {
		was, had := old.values[path]
		is, has := current.values[path]
		out = append(out, views.AuditChange{
			Field: strings.Join(strings.Split(unpad(path), pathSeparator), " › "), Before: was, After: is,
			Changed: had && has && was != is,
		})
	}
	if len(out) > shownChanges {
		return out[:shownChanges], len(out) - shownChanges, nil
	}
	return out, 0, nil
}

// flat are the values of a JSON document by their path.
type flat struct {
	paths  []string
	values map[string]string
}

const (
	pathSeparator = "\x1f" // sorts before every letter
	indexWidth    = 6      // numbers in a path are padded, so that they sort
)

func flatten(text string) (flat, error) {
	f := flat{values: map[string]string{}}
	if text == "" {
		return f, nil
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil {
		return f, fmt.Errorf("read the values of an audit entry: %w", err)
	}
	f.add("", document)
	return f, nil
}

func (f *flat) add(path string, value any) {
	below := func(key string) string {
		if path == "" {
			return key
		}
		return path + pathSeparator + key
	}
	switch v := value.(type) {
	case map[string]any:
		if text, ok := joinPlain(v); ok && (inList(path) || isAmount(v)) {
			f.set(path, text)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			f.add(below(page.UpperFirst(strings.ReplaceAll(key, "_", " "))), v[key])
		}
		return
	case []any:
		if text, ok := joinScalars(v); ok {
			f.set(path, text)
			return
		}
		for i, item := range v {
			f.add(below(fmt.Sprintf("%0*d", indexWidth, i+1)), item)
		}
		return
	}
	f.set(path, scalar(value))
}

// inList reports whether the last part of the path is a place in a list.
func inList(path string) bool {
	last := path[strings.LastIndex(path, pathSeparator)+1:]
	_, err := strconv.Atoi(last)
	return err == nil && len(last) == indexWidth
}

// isAmount reports whether the object is an amount of money.
func isAmount(v map[string]any) bool {
	_, amount := v["amount"]
	_, currency := v["currency"]
	return len(v) == 2 && amount && currency
}

// joinPlain writes an object of plain values in one line: "Count: 2; Kind: invoice", an
// amount "12.50 EUR".
func joinPlain(v map[string]any) (string, bool) {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(v)) {
		switch v[key].(type) {
		case map[string]any, []any:
			return "", false
		}
		if text := scalar(v[key]); isAmount(v) {
			parts = append(parts, text)
		} else if text != "" {
			parts = append(parts, page.UpperFirst(strings.ReplaceAll(key, "_", " "))+": "+text)
		}
	}
	return strings.Join(parts, map[bool]string{true: " ", false: "; "}[isAmount(v)]), true
}

// set keeps a value; a document that is one value has no path.
func (f *flat) set(path, text string) {
	if path == "" {
		path = "Value"
	}
	f.paths = append(f.paths, path)
	f.values[path] = text
}

// joinScalars writes a list of plain values in one line.
func joinScalars(list []any) (string, bool) {
	parts := make([]string, len(list))
	for i, item := range list {
		switch item.(type) {
		case map[string]any, []any:
			return "", false
		}
		parts[i] = scalar(item)
	}
	return strings.Join(parts, ", "), true
}

func scalar(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	}
	return fmt.Sprint(value)
}

// unpad takes the padding off the numbers of a path.
func unpad(path string) string {
	parts := strings.Split(path, pathSeparator)
	for i, part := range parts {
		if n, err := strconv.Atoi(part); err == nil && len(part) == indexWidth {
			parts[i] = strconv.Itoa(n)
		}
	}
	return strings.Join(parts, pathSeparator)
}
