// Command clockctl reads times of day and says how many minutes of the day are over.
package main

import (
	"flag"
	"fmt"
	"os"

	"sample.example/clock/api/dial"
	"sample.example/clock/api/version"
)

func main() {
	show := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *show {
		fmt.Println(version.Line("clockctl"))
		return
	}
	for _, text := range flag.Args() {
		reading, err := dial.Parse(text)
		if err != nil {
			fmt.Fprintln(os.Stderr, "clockctl:", err)
			os.Exit(1)
		}
		fmt.Println(reading.Hour*60 + reading.Minute)
	}
}
