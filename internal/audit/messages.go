package audit

// Faults.
const (
	msgNotAHead = "%.80q is not the head of an audit log. Write it as COUNT:HASH, with the 64 hexadecimal digits " +
		"of a SHA-256."
)

// The checks of the chain, as handover verify lists them.
const (
	checkEntriesUnchanged     = "every sealed audit entry is unchanged and in its place"
	checkEntriesSealed        = "every audit entry has its place in the chain or waits for it"
	checkChainReachesHead     = "the audit chain reaches its head and passes the heads on completed orders"
	checkChainPassesKeptHeads = "the audit chain passes the heads that were kept outside"
	headOfLog                 = "the head of the log"
	headKept                  = "the head that was kept"
)

// What a broken chain says of an entry.
const (
	msgEntryRemovedAt   = "the entry at position %d was removed: the chain continues at position %d"
	msgEntryRemoved     = "entry %d at position %d was removed"
	msgEntryInserted    = "entry %d at position %d was inserted: position %d does not follow it"
	msgEntriesReordered = "entry %d is at position %d, but entry %d at position %d was sealed there: they were " +
		"reordered"
	msgEntryBeforeRemoved  = "an entry before entry %d at position %d was removed: it does not follow position %d"
	msgSealReordered       = "entry %d is at position %d, but entry %d was sealed there: they were reordered"
	msgEntryChanged        = "entry %d at position %d was changed; it now reads %s %s by %q"
	msgRemovedBeforeSealed = "entry %d was removed before it was sealed"
	msgInsertedUnsealed    = "entry %d was inserted: it has no place in the chain and does not wait for one"
	msgHeadChanged         = "the chain has %d entries, its head counts %d: the head was changed"
	msgRewrittenUpTo       = "%s was completed when position %d had another hash: the log was rewritten up to there"
	msgTailCutOff          = "%s was completed when the log had %d entries, but there is no position %d: its tail " +
		"was cut off"
	msgTailCutOffSince = "%s counts %d entries, the chain ends at position %d: its tail was cut off"
	msgLogRewritten    = "%s has another hash than position %d: the log was rewritten"
)
