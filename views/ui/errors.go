package ui

// FieldError is what is wrong with one field of a form.
type FieldError struct {
	Name    string
	Message string
}

// Errors are all wrong fields of a form, in the form's order.
type Errors []FieldError

// For returns the sentence for a field, "" when it is right.
func (e Errors) For(name string) string {
	for _, f := range e {
		if f.Name == name {
			return f.Message
		}
	}
	return ""
}
