package exchange

// What is wrong with a file or with its lines.
const (
	msgFileEmptyFirstLine      = "the file is empty; the first line names the columns %s"
	msgNoColumn                = "there is no such column; the columns are %s"
	msgColumnTwice             = "the column is there twice"
	msgColumnMissing           = "the column is missing"
	msgLineValuesHeaderColumns = "the line has %d values, the header has %d columns"
	msgBefore                  = "%s is before %s, which is %s"
	msgBothOrNeither           = "%s and %s are either both filled or both empty"
	msgExactlyOne              = "exactly one of %s must be filled"
	msgBothTheSame             = "%s and %s are the same"
	msgInsideValueDoesNot      = "there is a \" inside a value that does not begin with one; put the whole " +
		"value in quotes and double the quotes inside"
	msgOpenedHereNeverClosed         = "a \" is opened here and never closed"
	msgSomethingFollowsClosingDouble = "something follows a closing \"; double the quotes inside a value"
)

// An archive or files that are too large.
const (
	msgTooManyRows  = "The files have more than %d rows in all; import them in parts."
	msgTooManyFiles = "%s holds more than %d files. An import has one .csv file for each kind of record; " +
		"pack only those."
)

// Ids.
const (
	msgFormOfOwnNumbers = "%q has the form of our own numbers, which are given here"
	msgIDExists         = "the id %q is there already"
	msgIDInLine         = "the id %q is in line %s already"
)

// What is wrong with values beside others.
const (
	msgChainLeadsBack  = "the chain that begins here leads back to itself: %s"
	msgTooManyDecimals = "%s has more than the %s decimals that %s has"
	msgKeptOpen        = "kept open: the file says %s, and allocations settle %s of %s"
	msgCorrectRate     = "%s; correct it, or import it with a reason: --rate-reason on the command line, Reason " +
		"for rates on the page Import"
)
