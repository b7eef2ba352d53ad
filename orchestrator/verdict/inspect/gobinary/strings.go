package main

import (
	"sort"
	"unicode"
	"unicode/utf8"
)

// A stringSet holds the strings of a program: what is printable, in read-only data, and referred to by its address and its
// length together. Go's linker lays strings one behind the other without an end mark, so no other way tells them apart.
type stringSet struct {
	im  *image
	all map[string]struct{}
	// data is what strings can stand in, read once.
	data []loaded
}

type loaded struct {
	*section
	bytes []byte
}

// Bounds of what is kept: longer texts are documents, and more strings than that no program has.
const (
	longestString = 1024
	mostStrings   = 1 << 20
)

func newStringSet(im *image) *stringSet {
	set := &stringSet{im: im, all: map[string]struct{}{}}
	for i := range im.sections {
		s := &im.sections[i]
		if !s.alloc || s.exec || s.fileSize == 0 || isTableName(s.name) {
			continue
		}
		if data, err := im.data(s); err == nil {
			set.data = append(set.data, loaded{s, data})
		}
	}
	return set
}

// isTableName tells the sections that hold no strings that a program uses, and are large.
func isTableName(name string) bool {
	switch name {
	case ".gopclntab", ".data.rel.ro.gopclntab", "__TEXT.__gopclntab", "__DATA_CONST.__gopclntab", ".rela", ".eh_frame":
		return true
	}
	return false
}

func (set *stringSet) add(addr, size uint64) {
	if size == 0 || size > longestString || len(set.all) >= mostStrings {
		return
	}
	for _, from := range set.data {
		if addr < from.addr || addr-from.addr >= uint64(len(from.bytes)) {
			continue
		}
		rest := from.bytes[addr-from.addr:]
		if uint64(len(rest)) >= size && isPrintable(rest[:size]) {
			set.all[string(rest[:size])] = struct{}{}
		}
		return
	}
}

// addHeaders finds the strings that data refers to: an address and, in the next word, a length.
func (set *stringSet) addHeaders() {
	if set.im.pointer != 8 {
		return
	}
	for _, from := range set.data {
		for at := 0; at+16 <= len(from.bytes); at += 8 {
			size := set.im.order.Uint64(from.bytes[at+8:])
			if size > 0 && size <= longestString {
				set.add(set.im.order.Uint64(from.bytes[at:]), size)
			}
		}
	}
}

func isPrintable(text []byte) bool {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError || !unicode.IsPrint(r) && r != '\n' && r != '\t' {
			return false
		}
		text = text[size:]
	}
	return true
}

func (set *stringSet) sorted() []string {
	list := make([]string, 0, len(set.all))
	for text := range set.all {
		list = append(list, text)
	}
	sort.Strings(list)
	return list
}
