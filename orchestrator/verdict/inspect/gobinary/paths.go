package main

import (
	"regexp"
	"sort"
	"strings"
)

// A pathReport is a folder of the machine that built the program, or a path in its data, and how often it stands there.
type pathReport struct {
	Path string `json:"path"`
	// Kind: goroot, gopath, build (other source files), relative (source files by a name that is not their package's),
	// string (a text in the data).
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

var (
	absolute   = regexp.MustCompile(`^(/|[A-Za-z]:[/\\])`)
	relative   = regexp.MustCompile(`^[._][^/]*/`)
	underPlace = regexp.MustCompile(`^(/(build|builds|builddir|codebuild|github|go|home|local|mnt|opt|private|root|src|tmp|usr/lib/go|usr/lib/golang|usr/local|Users|var/tmp|work|workspace)/|[A-Za-z]:[/\\])[^\s]{2,}$`)
)

func pathsOf(files []string, texts map[string]struct{}) []pathReport {
	counts := map[pathReport]int{}
	goroot := gorootOf(files)
	var build, rest []string
	for _, file := range files {
		switch {
		case goroot != "" && strings.HasPrefix(file, goroot+"/src/"):
			counts[pathReport{Path: goroot, Kind: "goroot"}]++
		case absolute.MatchString(file):
			if before, _, found := strings.Cut(file, "/pkg/mod/"); found {
				counts[pathReport{Path: before, Kind: "gopath"}]++
			} else {
				build = append(build, file)
			}
		case relative.MatchString(file):
			rest = append(rest, file)
		}
	}
	for folder, count := range commonFolders(build) {
		counts[pathReport{Path: folder, Kind: "build"}] = count
	}
	for folder, count := range commonFolders(rest) {
		counts[pathReport{Path: folder, Kind: "relative"}] = count
	}
	for text := range texts {
		if underPlace.MatchString(text) || goroot != "" && text == goroot {
			counts[pathReport{Path: text, Kind: "string"}]++
		}
	}
	paths := make([]pathReport, 0, len(counts))
	for path, count := range counts {
		path.Count = count
		paths = append(paths, path)
	}
	sort.Slice(paths, func(i, j int) bool {
		if paths[i].Kind != paths[j].Kind {
			return paths[i].Kind < paths[j].Kind
		}
		return paths[i].Path < paths[j].Path
	})
	return paths
}

// gorootOf gives "" for a program whose paths were trimmed.
func gorootOf(files []string) string {
	for _, file := range files {
		if root, found := strings.CutSuffix(file, "/src/runtime/proc.go"); found && absolute.MatchString(root) {
			return root
		}
	}
	return ""
}

// commonFolders groups files by the first two elements of their path, and gives what the folders of each group share.
func commonFolders(files []string) map[string]int {
	common := map[string][]string{}
	counts := map[string]int{}
	for _, file := range files {
		parts := strings.Split(file, "/")
		folder := parts[:len(parts)-1]
		top := strings.Join(folder[:min(len(folder), 3)], "/")
		counts[top]++
		if known, found := common[top]; found {
			same := 0
			for same < len(known) && same < len(folder) && known[same] == folder[same] {
				same++
			}
			folder = folder[:same]
		}
		common[top] = folder
	}
	folders := map[string]int{}
	for top, folder := range common {
		folders[strings.Join(folder, "/")] += counts[top]
	}
	return folders
}
