// Vexcheck reads an OpenVEX document as the project's own library does, and says what it says of a vulnerability, a product and a
// component of it:
//
//	vexcheck FILE VULNERABILITY PRODUCT COMPONENT
package main

import (
	"fmt"
	"os"

	"github.com/openvex/go-vex/pkg/vex"
)

func main() {
	document, err := vex.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, statement := range document.Statements {
		if err := statement.Validate(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	for _, statement := range document.Matches(os.Args[2], os.Args[3], []string{os.Args[4]}) {
		fmt.Println(statement.Status)
	}
}
