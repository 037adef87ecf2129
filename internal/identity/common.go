package identity

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"
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

// product is a name that everybody knows who sees the panel. The password of the demo data
// contains it.
const product = "handover"

// shortestPart is how long a word of a name is that no password may contain: shorter ones are
// parts of many words.
const shortestPart = 5

// containedName returns the name that a password contains: the product's, or the whole or a
// longer word of those of its owner, also with digits and signs for letters; "" = none.
func containedName(password string, names ...string) string {
	plain := []string{letters(password), letters(unleet.Replace(strings.ToLower(password)))}
	for _, name := range append([]string{product}, names...) {
		name, _, _ = strings.Cut(name, "@") // many share what comes behind it
		words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) })
		for _, word := range append(words, name) {
			part := letters(word)
			within := strings.Contains(plain[0], part) || strings.Contains(plain[1], part)
			if within && utf8.RuneCountInString(part) >= shortestPart {
				return word
			}
		}
	}
	return ""
}

// letters returns the letters of a text, in lower case.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
}
