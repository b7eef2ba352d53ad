package main

import "strings"

// A block is a run of comment lines in a source file, by byte offsets.
type block struct{ start, end int }

// commentAround gives the comment lines round a match; false where the match is not within a comment: a licence that a
// program prints is in a string.
func commentAround(content []byte, start, end int) (block, bool) {
	var run block
	isOpen, isRun := false, false
	for at := 0; at < len(content); {
		next := at + lineLength(content[at:])
		line := strings.TrimSpace(string(content[at:next]))
		isComment := isOpen || strings.HasPrefix(line, "//") || strings.HasPrefix(line, "/*")
		if isOpen || strings.HasPrefix(line, "/*") {
			isOpen = !strings.Contains(line, "*/")
		}
		switch {
		case isComment && !isRun:
			run, isRun = block{at, next}, true
		case isComment:
			run.end = next
		case isRun:
			if run.start <= start && end <= run.end {
				return run, true
			}
			isRun = false
		}
		if !isRun && at > start {
			return block{}, false
		}
		at = next
	}
	return run, isRun && run.start <= start && end <= run.end
}

func lineLength(content []byte) int {
	for i, c := range content {
		if c == '\n' {
			return i + 1
		}
	}
	return len(content)
}

// text is what the comment says: without its marks, without what it tells the compiler, and no empty line at its ends.
func (b block) text(content []byte) string {
	var kept []string
	isOpen := false
	for _, line := range strings.Split(strings.TrimRight(string(content[b.start:b.end]), "\r\n"), "\n") {
		line = strings.TrimSpace(line)
		if !isOpen && (strings.HasPrefix(line, "//go:") || strings.HasPrefix(strings.TrimLeft(line, "/ "), "+build ")) {
			continue
		}
		wasOpen := isOpen
		switch {
		case isOpen:
			isOpen = !strings.Contains(line, "*/")
		case strings.HasPrefix(line, "/*"):
			isOpen = !strings.Contains(line, "*/")
			line = strings.TrimLeft(line[1:], "*")
		default:
			line = strings.TrimLeft(line, "/")
		}
		if wasOpen {
			line = strings.TrimPrefix(line, "*")
			if strings.HasPrefix(line, "/") && !isOpen {
				line = ""
			}
		}
		line, _, _ = strings.Cut(line, "*/")
		kept = append(kept, strings.TrimRight(strings.TrimPrefix(line, " "), " *"))
	}
	return strings.Trim(strings.Join(kept, "\n"), "\n") + "\n"
}
