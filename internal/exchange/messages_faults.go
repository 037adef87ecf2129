package exchange

// Reading files.
const (
	msgNotEmpty              = "Only an empty database can be filled; the table %s of this one has rows already."
	msgNothingImportedYet    = "Nothing was imported yet."
	msgNoFileOrDirectory     = "There is no file or directory %s."
	msgNotReadable           = "%s is neither a directory nor a .zip or .csv file that can be read."
	msgEntryUnreadable       = "%s cannot be read; the archive may be damaged."
	msgFilesListedArchiveMay = "The files cannot be listed; the archive may be damaged."
	msgCSVFile               = "There is no CSV file in it."
	msgFilesMoreThanMB       = "The files have more than %d MB in all; import them in parts."
)

// The result of an import.
const (
	msgMoreErrors = "Nothing was imported: the files have more than %d errors."
	msgOneError   = "Nothing was imported: the files have 1 error."
	msgErrors     = "Nothing was imported: the files have %d errors."
)

// The reason of an override.
const (
	msgSayWhyBooksMay              = "Say why the books may be changed: the audit log keeps the reason."
	msgReasonCharactersMostAllowed = "The reason has %d characters. At most %d are allowed."
	msgNameStaffMemberWho          = "Name the staff member who answers for the override."
)

// Rows of a closed period.
const (
	msgClosedPeriod   = "the period %s of %s, which is closed"
	msgNoNewRows      = "%s is in %s: it takes no new %s. Use a day in an open period, reopen the period"
	msgLinesPosted    = "%s is posted in %s: its lines cannot change. Keep them, reopen the period"
	msgStatusOfClosed = "the %s belongs to %s: %s is %s and cannot become %s. Keep %[4]s, reopen the period"
)

// Issued documents.
const (
	msgIssuedWith        = "%s was issued with %s here and has %s in the file"
	msgChangedAfterIssue = "%s was changed after it was issued, so it cannot become %s again"
	msgSettledByTransfer = "%s settled %s, so it cannot become void. Reverse %[1]s, %[3]s"
	msgAlsoSettled       = "%s, and %s settled it. Reverse %[2]s, %[3]s"
	msgKeepIssued        = "%s. Keep what was issued, %s"
	msgOverrideClosed    = "override it with a reason: --into-closed, or \"Write into closed periods\" under " +
		"System > Import"
	msgOverrideIssued = "override it with a reason: --amend, or \"Amend issued documents\" under System > Import"
)

// Files.
const (
	msgUnknownFile = "there is no such file in the format; see the documentation for the names"
)
