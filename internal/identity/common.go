package identity

import (
	_ "embed"
	"strings"
	"unicode"
)

// commonPasswords are the most common passwords of ten characters and more, and the
// most common words that shorter ones are made of, sorted. They were taken from the
// frequency lists of zxcvbn 4.4.2 (Dan Wheeler and Dropbox, MIT licence).
//
//go:embed common_passwords.txt
var commonPasswords string

// Bounds of what counts as common or as one's own.
const (
	fewCharacters = 5 // different ones in a password
	fewAdded      = 8 // characters put around a common word: Sunshine2026!
	fewOwn        = 6 // characters that are not of the person's own names
	shortestName  = 3
)

// isCommon reports whether a password is one that everybody tries first: of the
// list, also with digits and signs around it or for letters, or hardly more than
// one key.
func isCommon(password string) bool {
	text := strings.ToLower(password)
	if isSequence(text) || distinct(text) < fewCharacters || listed(text) {
		return true
	}
	for _, word := range []string{
		trimToWord(text), unleet.Replace(trimToWord(text)),
		trimToWord(unleet.Replace(text)),
	} {
		if len(word) >= fewCharacters && len(text)-len(word) <= fewAdded && listed(word) {
			return true
		}
	}
	return false
}

// unleet turns digits and signs that replace letters back into letters.
var unleet = strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5",
	"s", "7", "t")

func listed(text string) bool {
	return text != "" && strings.Contains("\n"+commonPasswords, "\n"+text+"\n")
}

// trimToWord takes off what is no letter at both ends.
func trimToWord(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
}

func distinct(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

// isSequence reports whether each character follows the one before it, up or down:
// abcdefghijkl, 98765432109.
func isSequence(text string) bool {
	runes := []rune(text)
	up, down := true, true
	for i := 1; i < len(runes); i++ {
		step := runes[i] - runes[i-1]
		up = up && (step == 1 || runes[i-1] == '9' && runes[i] == '0')
		down = down && (step == -1 || runes[i-1] == '0' && runes[i] == '9')
	}
	return up || down
}

// isOwn reports whether a password is little else than the names of its owner:
// their email address, their own name, their distributor's.
func isOwn(password string, names ...string) bool {
	rest := strings.ToLower(password)
	for _, name := range names {
		whole := strings.ToLower(strings.TrimSpace(name))
		if len(whole) >= shortestName {
			rest = strings.ReplaceAll(rest, whole, "")
		}
	}
	for _, name := range names {
		for _, word := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			if len(word) >= shortestName {
				rest = strings.ReplaceAll(rest, word, "")
			}
		}
	}
	left := strings.FieldsFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return rest != strings.ToLower(password) && len(strings.Join(left, "")) < fewOwn
}
