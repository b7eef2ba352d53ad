// Command saw cuts a board in two.
package main

import (
	"flag"
	"fmt"

	"sample.example/toolbox/v2/version"
	"sample.example/toolbox/v2/wood"
)

func main() {
	show := flag.Bool("version", false, "print the version and exit")
	length := flag.Int("length", 120, "length of the board in centimetres")
	flag.Parse()
	if *show {
		fmt.Println(version.Line("saw"))
		return
	}
	first, second := wood.Board(*length).Halves()
	fmt.Println(first, second)
}
