// Package dial is how clockd shows the time and how clockctl reads it.
package dial

import "fmt"

// A Reading is a time of day.
type Reading struct {
	Hour, Minute int
}

// String writes a reading as 07:05.
func (r Reading) String() string {
	return fmt.Sprintf("%02d:%02d", r.Hour, r.Minute)
}

// Parse reads what String wrote.
func Parse(text string) (Reading, error) {
	var r Reading
	if _, err := fmt.Sscanf(text, "%02d:%02d", &r.Hour, &r.Minute); err != nil {
		return Reading{}, fmt.Errorf("no reading: %q", text)
	}
	return r, nil
}
