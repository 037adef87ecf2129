package home

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"handover/internal/order"
	views "handover/views/home"
	"handover/web/api"
	"handover/web/page"
)

const apiBase = api.Base

// apiSections turns the OpenAPI document into what the page shows.
func apiSections(a *api.API, base string) []views.APISection {
	document := a.Document()
	var out []views.APISection
	for _, r := range api.Routes() {
		path := strings.TrimPrefix(r.Path, apiBase)
		item := document.Paths[path]
		if item == nil {
			continue
		}
		o := item.Get
		if r.Method == "POST" {
			o = item.Post
		}
		section := o.Tags[0]
		if len(out) == 0 || out[len(out)-1].Title != section {
			out = append(out, views.APISection{Title: section})
		}
		last := &out[len(out)-1]
		last.Operations = append(last.Operations, apiOperation(document, r, o, base, path))
	}
	return out
}

// apiMessages turns the document's webhooks into what the page shows.
func apiMessages(a *api.API) []views.APIMessage {
	document := a.Document()
	var out []views.APIMessage
	for _, event := range order.Announcements() {
		said := document.Webhooks[event.Name].Post
		body := said.RequestBody.Content["application/json"].Schema
		message := views.APIMessage{Event: event.Name, Summary: said.Summary}
		for _, f := range schemaFields(document, body) {
			if f.Name != "data" {
				message.Fields = append(message.Fields, f)
			}
		}
		for _, f := range schemaFields(document,
			document.Components.Schemas.SchemaFromRef(body.Ref).Properties["data"]) {
			f.Name = "data." + f.Name
			message.Fields = append(message.Fields, f)
		}
		out = append(out, message)
	}
	return out
}

func apiOperation(document *huma.OpenAPI, r api.Route, o *huma.Operation, base, path string) views.APIOperation {
	v := views.APIOperation{
		Method: r.Method, Path: path, Summary: r.Summary, Privilege: string(r.Privilege),
		Example: "curl -H 'Authorization: Bearer TOKEN' ",
	}
	for _, p := range o.Parameters {
		v.Fields = append(v.Fields, views.APIField{
			Name: p.Name, In: p.In, Type: schemaWords(p.Schema),
			Says: p.Description, Required: p.Required,
		})
	}
	if r.Method == "POST" {
		v.Example += "-X POST "
	}
	if o.RequestBody != nil {
		schema := o.RequestBody.Content["application/json"].Schema
		for _, f := range schemaFields(document, schema) {
			f.In = "body"
			v.Fields = append(v.Fields, f)
		}
		v.Example += `-H 'Content-Type: application/json' -d '{...}' `
	}
	v.Example += base + path
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		answer := o.Responses[status]
		if body := answer.Content["application/json"]; body != nil && strings.HasPrefix(status, "2") {
			v.Answer = schemaFields(document, body.Schema)
			v.Success = status
		} else {
			v.Errors = append(v.Errors, status)
		}
	}
	return v
}

// schemaFields lists the fields of an object's schema.
func schemaFields(document *huma.OpenAPI, schema *huma.Schema) []views.APIField {
	if schema == nil {
		return nil
	}
	if schema.Ref != "" {
		schema = document.Components.Schemas.SchemaFromRef(schema.Ref)
	}
	var out []views.APIField
	for name, f := range schema.Properties {
		out = append(out, views.APIField{
			Name: name, Type: schemaWords(f), Says: f.Description,
			Required: slices.Contains(schema.Required, name),
		})
	}
	slices.SortFunc(out, func(a, b views.APIField) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// schemaWords names a type in a word or two.
func schemaWords(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case s.Type == "array" && s.Items != nil:
		return "list of " + schemaWords(s.Items)
	case len(s.Enum) > 0:
		words := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			words[i] = fmt.Sprint(v)
		}
		return strings.Join(words, " | ")
	}
	return s.Type
}

// apiPages are System > API.
type apiPages struct{ base string }

// show draws what the API does, from its own document.
func (h apiPages) show(p *page.Page) error {
	v := views.API{
		Base: strings.TrimRight(h.base, "/") + apiBase, Document: apiBase + "/openapi.json",
		Tokens: p.URL("/account/tokens"),
	}
	v.Sections, v.Messages = apiSections(p.Frame.API, v.Base), apiMessages(p.Frame.API)
	return p.Render(http.StatusOK, "API", views.APIPage(v))
}
