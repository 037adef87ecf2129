package api

import (
	"context"
	"encoding/json"
	"time"

	"handover/internal/auditlog"
	"handover/internal/identity"
	"handover/internal/record"
)

func auditOperations() []operation {
	return []operation{
		does(operation{
			ID: "list-audit", Method: get, Path: "/audit", Tag: "Audit", Privilege: identity.AuditRead,
			Summary: "Entries of the audit log, the newest first",
		}, listAudit),
	}
}

// AuditItem is an entry of the audit log.
type AuditItem struct {
	ID          int64           `json:"id"`
	At          string          `json:"at"`
	Actor       string          `json:"actor"`
	Distributor *string         `json:"distributor" nullable:"true" doc:"Name."`
	Address     *string         `json:"address" nullable:"true"`
	Action      string          `json:"action"`
	SubjectKind *string         `json:"subject_kind" nullable:"true"`
	Subject     *string         `json:"subject" nullable:"true"`
	Order       *string         `json:"order" nullable:"true" doc:"Number."`
	Before      json.RawMessage `json:"before,omitempty" doc:"As JSON."`
	After       json.RawMessage `json:"after,omitempty" doc:"As JSON."`
}

type auditInput struct {
	Paged
	Order   string `query:"order" doc:"Number of an order."`
	Subject string `query:"subject" doc:"How the subject begins: a number or an e-mail address."`
}

func listAudit(ctx context.Context, _ *API, c *caller, in *auditInput) (List[AuditItem], error) {
	f := auditlog.Filter{Subject: in.Subject}
	if in.Order != "" {
		f.OrderID = -1
		if id, ok := record.OrderID(in.Order); ok {
			f.OrderID = id
		}
	}
	part, err := auditlog.List(ctx, c.db(), c.Scope(), f, in.page("-time"))
	return listOf(part, func(r auditlog.Row) AuditItem {
		return AuditItem{
			ID: r.Record.ID, At: r.Time().UTC().Format(time.RFC3339Nano), Actor: r.ActorName,
			Distributor: orNull(r.Distributor), Address: orNull(r.Address), Action: r.Action,
			SubjectKind: orNull(r.SubjectKind), Subject: orNull(r.Subject), Order: orNull(r.Order),
			Before: raw(r.Before), After: raw(r.After),
		}
	}), err
}

// raw is JSON text, nothing where there is none.
func raw(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}
