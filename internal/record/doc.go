// Package record declares once what can move: the kinds of records with every rule that is per
// kind (Kinds), what of the three transfers is data (Flows), and the conditions in SQL under which
// a record moves, belongs to a selection, or comes back in a reversal.
//
// A condition is a text over a row $ of the kind's view owned_*, in which @name is a value of the
// situation; Bind turns it into a statement's parameters.
package record
