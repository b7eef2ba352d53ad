// Command hammer drives nails into a board.
package main

import (
	"flag"
	"fmt"

	"sample.example/toolbox/v2/version"
	"sample.example/toolbox/v2/wood"
)

func main() {
	show := flag.Bool("version", false, "print the version and exit")
	count := flag.Int("nails", 3, "how many nails to drive")
	flag.Parse()
	if *show {
		fmt.Println(version.Line("hammer"))
		return
	}
	for nail := 1; nail <= *count; nail++ {
		fmt.Printf("nail %d into %v\n", nail, wood.Board(100))
	}
}
