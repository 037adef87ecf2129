package billing

// What is not there, or not in the reader's scope.
const (
	msgNoDistributor  = "There is no such distributor."
	msgNoDocumentKind = "There are no documents of the kind %q."
	msgNoDocument     = "There is no such %s."
	msgNoPeriod       = "There is no such financial period. It may belong to another distributor."
	msgNoRate         = "There is no exchange rate %d."
)

// Printed on the memos that carry a balance.
const (
	msgBalanceNote = "Balance transfer note. Not a tax invoice or credit note."
)

// Financial periods.
const (
	msgNoPeriodStatus        = "%q is not a status of a financial period; it is open or closed."
	msgEnterPeriodDay        = "Enter the %s day of the period."
	msgNotADate              = "%q is not a date; write year, month and day, for example 2026-01-31."
	msgPeriodEndsBeforeStart = "The last day, %s, is before the first, %s."
	msgPeriodOverlaps        = "%s already has a period with these days: %s (%s). Periods must not overlap; start " +
		"this one after %s."
)

// Exchange rates that a person enters.
const (
	msgEnterCurrency  = "Enter a currency code, for example EUR."
	msgSameCurrencies = "%s is on both sides; a rate converts one currency into another."
	msgEnterRateDate  = "Enter the date of the rate."
	msgRateInFuture   = "%s is in the future; the rate would be proposed at once."
	msgSourceTooLong  = "The source is longer than 100 bytes; shorten it."
	msgRateExists     = "This source already has a rate of that day: 1 %s = %s %s of %s. Enter yours under another " +
		"source; of one day, the rate that was entered last is proposed."
	msgRateWithdrawn = "%s was already withdrawn by %s."
	msgNoRateBetween = "The rate table has no rate from %s to %s, not even inverse or across a third currency on " +
		"one date. Enter the rate by hand, or add one under Finance > Exchange Rates."
)

// Rates that differ much from the last rate of their pair.
const (
	msgReasonTooLong = "The reason has %d characters. Shorten it to %d."
	msgMoreJumps     = "%d more rates differ by more than %d %% from the last of their pairs."
	msgCorrectRate   = "Correct the rate, or explain why it is right."
	msgCorrectFile   = "Correct the file, or explain in the field Reason why it is right."
)

// The reference rates of the European Central Bank.
const (
	msgWhichFile = "Upload a reference rate file of the European Central Bank: eurofxref-daily.xml, " +
		"eurofxref-hist.xml, or the CSV or zip of either."
	msgFileEmpty        = "The file is empty."
	msgFileHasNUL       = "Line %d has a NUL byte, so this is not a text file. %s"
	msgFileNotUTF8      = "The file is not UTF-8 text. %s"
	msgFileWithoutRates = "The file has no rates. %s"
	msgFileTooLarge     = "The file is larger than %d MB; the whole history of the European Central Bank is " +
		"smaller than that."
	msgZipUnreadable         = "The zip file cannot be read. Download it again."
	msgZipHoldsMany          = "The zip holds %d files; it must hold one, the CSV or XML with the rates."
	msgZipDamaged            = "%s in the zip cannot be unpacked. Download the zip again."
	msgLine                  = "Line %d: %s"
	msgMoreMistakes          = "There are more mistakes; these are the first %d."
	msgNotXML                = "this is not well-formed XML (%s)."
	msgNotARateFile          = "this XML starts with <%s>, not with the <Envelope> of a rate file. %s"
	msgRateWithoutCurrency   = "the rate %q has no currency."
	msgCurrencyWithoutRate   = "%s has no rate."
	msgRateWithoutDate       = "the rate of %s has no date."
	msgLineNotADate          = "%q is not a date like %s."
	msgLineInFuture          = "%q is in the future; the rate would be proposed at once."
	msgRateFileBegins        = "a rate file starts with <Envelope> or with a column named Date. %s"
	msgNotCSV                = "this is not well-formed CSV (%s)."
	msgFileBreaksOff         = "the rest of the file cannot be read (%s)."
	msgColumnWithoutCurrency = "%q is in column %d, which has no currency."
	msgRateOf                = "rate of %s: %s."
	msgRateTwice             = "%s of %s is %s here and %s in an earlier line."
)
