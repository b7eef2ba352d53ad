// Gobinary prints what is inside one Go program, as a JSON document: see report in report.go.
//
//	gobinary [-strings] FILE
//	gobinary -build FILE
//	gobinary -names FILE
//
// With -names it prints no more than which functions are in its code: see linked in names.go.
//
// With -build it prints a report with no more than what the go command left: in milliseconds, since it reads little of the file.
// It ends with 2 and one line on standard error where FILE is no program that it can read.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
)

func main() {
	withStrings := flag.Bool("strings", false, "list the strings that data and code refer to")
	onlyBuild := flag.Bool("build", false, "print the build information alone")
	namesOnly := flag.Bool("names", false, "list only the functions that are in its code, inlined ones too")
	flag.Parse()
	if flag.NArg() != 1 {
		fail(fmt.Errorf("one file is wanted, %d are given", flag.NArg()))
	}
	// Most of what is read stays in use until the end, so room for garbage is mostly wasted.
	debug.SetGCPercent(40)
	found, err := inspect(flag.Arg(0), *withStrings, *onlyBuild, *namesOnly)
	if err != nil {
		fail(err)
	}
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(found); err != nil {
		fail(err)
	}
	if err := out.Flush(); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "gobinary: %v\n", err)
	os.Exit(2)
}
