// Command jig prints boards of every length, to look at. It is not released.
package main

import (
	"fmt"

	"sample.example/toolbox/v2/wood"
)

func main() {
	for length := wood.Board(0); length <= 200; length += 20 {
		fmt.Println(length)
	}
}
