package main

import (
	"debug/gosym"
	"sort"
	"strings"
)

// A linked is what is printed for -names: of the build, and which functions are in the program's code.
type linked struct {
	Schema int     `json:"schema"`
	SHA256 string  `json:"sha256"`
	OS     *string `json:"os"`
	Arch   *string `json:"arch"`
	Build  *build  `json:"build"`
	// Packages are null where the program has no table of names that can be read.
	Packages []linkedPackage `json:"packages"`
}

// Symbols are functions and methods (Type.Method) as the Go vulnerability database names them, sorted.
type linkedPackage struct {
	Path    string   `json:"path"`
	Symbols []string `json:"symbols"`
}

func (im *image) linked() (*linked, error) {
	made := &report{OS: known(im.os), Arch: known(im.arch)}
	found := &linked{Schema: 1, Build: im.readBuild(made)}
	found.OS, found.Arch = made.OS, made.Arch
	var err error
	if found.SHA256, err = im.hash(0, im.size); err != nil {
		return nil, err
	}
	table, err := im.findTable()
	if err != nil {
		return nil, err
	}
	found.Packages = packagesOf(im.names(table))
	return found, nil
}

// names gives all names in a pclntab's table of them: of functions that were compiled, and of those that were inlined into
// one, which tracebacks name too. A program that was stripped keeps it. Nil before Go 1.16, whose names lie elsewhere.
func (im *image) names(table []byte) []string {
	if len(table) < 8 {
		return nil
	}
	// Counts of functions and of files stand first, and from Go 1.18 on where the code begins; then where its parts are.
	words := map[byte]int{0xfa: 2, 0xf0: 3, 0xf1: 3}[table[0]]
	end := 8 + (words+2)*im.pointer
	if words == 0 || len(table) < end {
		return nil
	}
	from, to := im.word(table, 8+words*im.pointer), im.word(table, 8+(words+1)*im.pointer)
	if from >= to || to > uint64(len(table)) {
		return nil
	}
	return strings.Split(strings.TrimRight(string(table[from:to]), "\x00"), "\x00")
}

func (im *image) word(table []byte, at int) uint64 {
	if im.pointer == 4 {
		return uint64(im.order.Uint32(table[at:]))
	}
	return im.order.Uint64(table[at:])
}

func packagesOf(names []string) []linkedPackage {
	if names == nil {
		return nil
	}
	symbols := map[string]map[string]bool{}
	for _, name := range names {
		if name == "" || isMark(name) {
			continue
		}
		symbol := &gosym.Sym{Name: name}
		path := packageOf(symbol)
		if symbols[path] == nil {
			symbols[path] = map[string]bool{}
		}
		symbols[path][symbolName(symbol)] = true
	}
	packages := []linkedPackage{}
	for path, those := range symbols {
		all := make([]string, 0, len(those))
		for name := range those {
			all = append(all, name)
		}
		sort.Strings(all)
		packages = append(packages, linkedPackage{path, all})
	}
	sort.Slice(packages, func(i, j int) bool { return packages[i].Path < packages[j].Path })
	return packages
}

func symbolName(symbol *gosym.Sym) string {
	receiver := symbol.ReceiverName()
	if strings.HasPrefix(receiver, "(*") {
		receiver = strings.Trim(receiver, "(*)")
	}
	if receiver == "" {
		return symbol.BaseName()
	}
	return receiver + "." + symbol.BaseName()
}
