// Command greeter greets those who are named on its command line.
package main

import (
	"flag"
	"fmt"
	"os"

	"sample.example/greeter/phrase"
)

// version is set by the linker.
var version = "unknown"

func main() {
	show := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *show {
		fmt.Println("greeter", version)
		return
	}
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "greeter: name somebody")
		os.Exit(2)
	}
	for _, name := range flag.Args() {
		fmt.Println(phrase.For(name))
	}
	fmt.Println(phrase.Proverb())
}
