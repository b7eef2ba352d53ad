// Package wood knows what the tools work on.
package wood

import "strings"

// A Board is a length of wood, in centimetres.
type Board int

// String draws a board, a dash for each ten centimetres.
func (b Board) String() string {
	return "|" + strings.Repeat("-", int(b)/10) + "|"
}

// Halves cuts a board; an odd centimetre goes to the first part.
func (b Board) Halves() (Board, Board) {
	return (b + 1) / 2, b / 2
}
