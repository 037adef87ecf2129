// Package rules has the findings of a transfer: All lists them with their severity and the
// transfers that they apply to, Find runs their checks. The codes and their meaning are
// docs/domain.md 4.
package rules
