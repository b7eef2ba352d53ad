package main

import (
	"bytes"
	"crypto/sha256"
	"debug/gosym"
	"encoding/hex"
	"sort"
	"strings"
)

// A functionReport is [name, size, SHA-256 of the code, SHA-256 of its shape]: there can be a hundred thousand of them.
// The size is without the padding after it. The shape is empty where the code could not be taken apart: see shape.go.
type functionReport = [4]any

type packageReport struct {
	// Path is empty for what belongs to none: what the linker makes.
	Path      string           `json:"path"`
	Functions []functionReport `json:"functions"`
}

type functionSummary struct {
	Count int `json:"count"`
	// Shapeless is how many have no shape.
	Shapeless int `json:"shapeless"`
}

type code struct {
	packages []packageReport
	// summary is nil where there is no pclntab.
	summary *functionSummary
	// files are the source files that the pclntab names.
	files []string
}

// A function's code lies from entry to end, padding included.
type function struct {
	name, pkg  string
	entry, end uint64
}

// The first bytes of a pclntab in little-endian order: of Go 1.2, 1.16, 1.18, 1.20 and later (internal/abi/symtab.go).
var tableMagics = [][]byte{
	{0xf1, 0xff, 0xff, 0xff, 0, 0}, {0xf0, 0xff, 0xff, 0xff, 0, 0},
	{0xfa, 0xff, 0xff, 0xff, 0, 0}, {0xfb, 0xff, 0xff, 0xff, 0, 0},
}

func (im *image) readFunctions(texts *stringSet) (code, error) {
	found := code{packages: []packageReport{}}
	table, err := im.readTable()
	if err != nil || table == nil {
		return found, err
	}
	for file := range table.Files {
		found.files = append(found.files, file)
	}
	functions := make([]function, 0, len(table.Funcs))
	for i := range table.Funcs {
		f := &table.Funcs[i]
		name := f.Sym.Name
		if isMark(name) {
			continue
		}
		functions = append(functions, function{name, packageOf(f.Sym), f.Entry, f.End})
	}
	sort.SliceStable(functions, func(i, j int) bool { return functions[i].entry < functions[j].entry })
	reader, err := newShapeReader(im, functions, texts)
	if err != nil {
		return found, err
	}
	found.summary = &functionSummary{Count: len(functions)}
	byPackage := map[string]*packageReport{}
	for _, f := range functions {
		bytes, shape := reader.read(f)
		if shape == "" {
			found.summary.Shapeless++
		}
		group := byPackage[f.pkg]
		if group == nil {
			group = &packageReport{Path: f.pkg}
			byPackage[f.pkg] = group
		}
		group.Functions = append(group.Functions, functionReport{f.name, len(bytes), digest(bytes), shape})
	}
	for _, group := range byPackage {
		found.packages = append(found.packages, *group)
	}
	sort.Slice(found.packages, func(i, j int) bool { return found.packages[i].Path < found.packages[j].Path })
	return found, nil
}

// readTable gives nil where the program has no pclntab.
func (im *image) readTable() (*gosym.Table, error) {
	data, err := im.findTable()
	if err != nil || data == nil {
		return nil, err
	}
	table, err := gosym.NewTable(nil, gosym.NewLineTable(data, im.textStart(data)))
	if err != nil || len(table.Funcs) == 0 {
		return nil, nil
	}
	return table, nil
}

func (im *image) findTable() ([]byte, error) {
	own := im.named(".gopclntab", ".data.rel.ro.gopclntab", "__TEXT.__gopclntab", "__DATA_CONST.__gopclntab")
	if own != nil {
		return im.data(own)
	}
	if addr := im.symbols("runtime.pclntab")["runtime.pclntab"]; addr != 0 {
		if s := im.at(addr); s != nil && addr-s.addr < s.fileSize {
			return im.bytes(s.offset+addr-s.addr, s.fileSize-(addr-s.addr))
		}
	}
	for i := range im.sections {
		s := &im.sections[i]
		if !s.alloc || s.exec || s.fileSize == 0 {
			continue
		}
		data, err := im.data(s)
		if err != nil {
			return nil, err
		}
		if at := im.searchTable(data); at >= 0 {
			return data[at:], nil
		}
	}
	return nil, nil
}

// searchTable gives where a pclntab begins, or -1: where the magic stands and what follows can be read as one.
func (im *image) searchTable(data []byte) int {
	for _, magic := range tableMagics {
		for at := 0; ; {
			next := bytes.Index(data[at:], magic)
			if next < 0 {
				break
			}
			at += next
			if at+16 <= len(data) && at%im.pointer == 0 && int(data[at+7]) == im.pointer {
				table, err := gosym.NewTable(nil, gosym.NewLineTable(data[at:], im.textStart(data[at:])))
				if err == nil && len(table.Funcs) > 0 && im.isCode(table.Funcs[0].Entry) {
					return at
				}
			}
			at++
		}
	}
	return -1
}

func (im *image) isCode(addr uint64) bool {
	s := im.at(addr)
	return s != nil && s.exec
}

// textStart gives the address that a pclntab's offsets count from: that of runtime.text. It stands in the table's header
// from Go 1.18 to 1.25 (zero in position-independent programs); without cgo it is also where the text section begins.
func (im *image) textStart(table []byte) uint64 {
	if addr := im.symbols("runtime.text")["runtime.text"]; addr != 0 {
		return addr
	}
	at := 8 + 2*im.pointer
	isWithStart := len(table) >= at+8 && (table[0] == 0xf0 || table[0] == 0xf1)
	if isWithStart && im.pointer == 8 {
		if addr := im.order.Uint64(table[at:]); im.isCode(addr) {
			return addr
		}
	}
	if s := im.named(".text", "__TEXT.__text"); s != nil {
		return s.addr
	}
	return 0
}

// isMark tells what the linker lists as a function and is none: go:buildid, go:textfipsstart (go.buildid before Go 1.20).
func isMark(name string) bool {
	return strings.HasPrefix(name, "go:buildid") || strings.HasPrefix(name, "go:textfips") || name == "go.buildid"
}

// packageOf gives the package's path. Before Go 1.20 the linker's own names began with "go." too, so debug/gosym takes
// go.etcd.io/etcd for one of them.
func packageOf(symbol *gosym.Sym) string {
	path := symbol.PackageName()
	name, _, _ := strings.Cut(symbol.Name, "[")
	if slash := strings.LastIndex(name, "/"); path == "" && slash > 0 && strings.HasPrefix(name, "go.") {
		first, _, _ := strings.Cut(name[slash:], ".")
		path = name[:slash] + first
	}
	return unescape(path)
}

// unescape turns %2e and the like into what they stand for: the linker writes dots of a path's last element so.
func unescape(path string) string {
	if !strings.Contains(path, "%") {
		return path
	}
	var plain strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] == '%' && i+2 < len(path) {
			if value, err := hex.DecodeString(path[i+1 : i+3]); err == nil {
				plain.WriteByte(value[0])
				i += 2
				continue
			}
		}
		plain.WriteByte(path[i])
	}
	return plain.String()
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
