package exchange

// Sentences.
const (
	msgTooManyRows  = "The files have more than %d rows in all; import them in parts."
	msgTooManyFiles = "%s holds more than %d files. An import has one .csv file for each kind of record; " +
		"pack only those."
)
