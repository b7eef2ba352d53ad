// Package version says which clock this is.
package version

import "fmt"

// Set by the linker.
var (
	Version  = "unknown"
	Describe = "unknown"
	Date     = "unknown"
)

// Line is what the programs print for -version.
func Line(program string) string {
	return fmt.Sprintf("%s %s (%s, %s)", program, Version, Describe, Date)
}
