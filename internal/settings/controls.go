package settings

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"handover/internal/db"
	"handover/internal/fault"
)

// Name names a control setting.
type Name string

// The control settings.
const (
	TimeZone     Name = "time_zone"
	Approvals    Name = "approvals"
	SecondFactor Name = "second_factor"
)

// Values are what a setting consists of, by the key of its field: texts and booleans, so
// that they can be compared.
type Values map[string]any

// Equal reports whether both say the same.
func (v Values) Equal(other Values) bool { return maps.Equal(v, other) }

// Field is one part of a setting.
type Field struct {
	Key    string // in Values, in the form and in the audit entry
	Label  string
	Text   bool   // a text; else on or off
	Binds  bool   // on, it binds the people of the distributor: the provider can lock it
	none   string // what an empty text means, in words
	column string // of distributors, "" = the setting has a read and a write of its own
}

// Control declares a control setting. A new one is one more entry in controls, and its form.
type Control struct {
	Name   Name
	Label  string // "Approvals": names it on pages and in mails
	Action string // of the audit entry of its change
	Fields []Field
	Done   func(distributor string, v Values) string // sentence after a change at once

	// tidy writes values that mean the same in the same way; nil = they are as they are given.
	// check refuses values that cannot be saved; nil = there are none. read and write are
	// for what is not in columns of distributors; they run as the engine.
	tidy  func(v Values) Values
	check func(ctx context.Context, q db.Querier, v Values) error
	read  func(ctx context.Context, q db.Querier, distributorID int64) (Values, error)
	write func(ctx context.Context, q db.Querier, distributorID int64, v Values) error
}

// controls is the one list of the control settings (docs/security.md).
var controls = []Control{
	{
		Name: TimeZone, Label: "Time zone", Action: "distributor.time_zone", check: checkTimeZone,
		Fields: []Field{{Key: "time_zone", Label: "Time zone", Text: true, column: "time_zone"}},
		Done: func(distributor string, v Values) string {
			return fmt.Sprintf(msgTimeZoneSaved, distributor, v["time_zone"])
		},
	},
	{
		Name: Approvals, Label: "Approvals", Action: "distributor.approvals",
		Fields: []Field{
			{Key: "approval", Label: "Approval by a second person", column: "require_approval", Binds: true},
			{Key: "consent", Label: "Consent of both distributors", column: "require_consent", Binds: true},
		},
		Done: func(distributor string, _ Values) string {
			return fmt.Sprintf(msgApprovalsSaved, distributor)
		},
	},
	{
		Name: SecondFactor, Label: "Second factor", Action: "distributor.second_factor",
		Fields: []Field{{
			Key: "required", Label: "Second factor required", column: "second_factor_required",
			Binds: true,
		}},
		Done: func(distributor string, v Values) string {
			if v["required"] == true {
				return fmt.Sprintf(msgFactorRequired, distributor)
			}
			return fmt.Sprintf(msgFactorOptional, distributor)
		},
	},
	chart(),
}

// ControlOf returns the control setting of that name; another is a NotFound fault.
func ControlOf(name Name) (Control, error) {
	for _, c := range controls {
		if c.Name == name {
			return c, nil
		}
	}
	return Control{}, fault.New(fault.NotFound, msgNoSetting, name)
}

// Words writes a value of the field for people.
func (f Field) Words(v any) string {
	if f.Text {
		text, _ := v.(string)
		return cmp.Or(text, f.none)
	}
	if on, _ := v.(bool); on {
		return "On"
	}
	return "Off"
}

// valuesOf reads what the setting says now.
func (c Control) valuesOf(ctx context.Context, q db.Querier, distributorID int64) (Values, error) {
	if c.read != nil {
		return c.read(ctx, q, distributorID)
	}
	pairs := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		pairs[i] = fmt.Sprintf("'%s', %s", f.Key, f.column)
	}
	var text string
	query := `select jsonb_build_object(` + strings.Join(pairs, ", ") + `)::text from distributors where id = $1`
	err := q.GetContext(ctx, &text, query, distributorID)
	if err != nil {
		return nil, fmt.Errorf("read the setting %s: %w", c.Name, err)
	}
	return parseValues(text)
}

// save writes what the setting says from now on.
func (c Control) save(ctx context.Context, q db.Querier, distributorID int64, v Values) error {
	if c.write != nil {
		return c.write(ctx, q, distributorID, v)
	}
	args := []any{distributorID}
	sets := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		args = append(args, v[f.Key])
		sets[i] = fmt.Sprintf("%s = $%d", f.column, len(args))
	}
	_, err := q.ExecContext(ctx, `update distributors set `+strings.Join(sets, ", ")+` where id = $1`, args...)
	if err != nil {
		return fmt.Errorf("save the setting %s: %w", c.Name, err)
	}
	return nil
}

func parseValues(text string) (Values, error) {
	var v Values
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, fmt.Errorf("read the values of a setting: %w", err)
	}
	return v, nil
}

// checkTimeZone accepts a name of the IANA time zone database that both the program and the
// database server know: each of them computes days.
func checkTimeZone(ctx context.Context, q db.Querier, v Values) error {
	zone, _ := v["time_zone"].(string)
	wrong := fault.InvalidField("time_zone", msgNoTimeZone, zone)
	if zone == "" || zone == "Local" {
		return wrong
	}
	if _, err := time.LoadLocation(zone); err != nil {
		return wrong
	}
	var known bool
	err := q.GetContext(ctx, &known, `select exists (select 1 from pg_timezone_names where name = $1)`, zone)
	if err != nil {
		return fmt.Errorf("look up the time zone: %w", err)
	}
	if !known {
		return wrong
	}
	return nil
}
