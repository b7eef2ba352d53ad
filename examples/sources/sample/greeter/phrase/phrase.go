// Package phrase makes the sentences that greeter prints.
package phrase

import "rsc.io/quote"

// For greets one person.
func For(name string) string {
	return quote.Hello() + " (" + name + ")"
}

// Proverb is a sentence to end with.
func Proverb() string {
	return quote.Go()
}
