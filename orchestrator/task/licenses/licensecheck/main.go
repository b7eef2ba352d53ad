// Licenses says which licences are in texts and in the comments of source files. It reads a request from standard
// input and prints a report, both JSON documents:
//
//	{"texts": ["/a/LICENSE"], "sources": ["/a/a.go"]}
//
// It ends with 2 and one line on standard error where a file cannot be read.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

type request struct {
	Texts   []string `json:"texts"`
	Sources []string `json:"sources"`
}

// A report has its texts in the order of the request, and of its sources only those with a licence in a comment, in
// that order too. orchestrator/task/licenses/classifier.ts reads it.
type report struct {
	Schema  int      `json:"schema"`
	Texts   []text   `json:"texts"`
	Sources []source `json:"sources"`
}

type text struct {
	Path string `json:"path"`
	// Percent of the words that are part of a match.
	Percent float64 `json:"percent"`
	Matches []match `json:"matches"`
}

type match struct {
	ID string `json:"id"`
	// Bytes of the text that match.
	Size int `json:"size"`
	// IsURL is set where the text only says where the licence is.
	IsURL bool `json:"isUrl"`
}

type source struct {
	Path     string    `json:"path"`
	Comments []comment `json:"comments"`
}

// A comment is one that holds a licence: its text without the marks of a comment.
type comment struct {
	IDs  []string `json:"ids"`
	Text string   `json:"text"`
}

func main() {
	var wanted request
	if err := json.NewDecoder(os.Stdin).Decode(&wanted); err != nil {
		fail(err)
	}
	made, err := identify(wanted)
	if err != nil {
		fail(err)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(made); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "licenses: %v\n", err)
	os.Exit(2)
}
