// Command clockd shows the time once.
package main

import (
	"flag"
	"fmt"
	"time"

	"sample.example/clock/api/dial"
	"sample.example/clock/api/version"
)

func main() {
	show := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *show {
		fmt.Println(version.Line("clockd"))
		return
	}
	now := time.Now()
	fmt.Println(dial.Reading{Hour: now.Hour(), Minute: now.Minute()})
}
