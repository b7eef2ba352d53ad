// Package version says which toolbox this is.
package version

// Set by the linker.
var (
	Commit = "unknown"
	Short  = "unknown"
)

// Line is what the tools print for -version.
func Line(tool string) string {
	return tool + " " + Short + " (" + Commit + ")"
}
