package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sort"
)

// An image is a program as its file format lays it out, the same for all formats.
type image struct {
	file     io.ReaderAt
	size     uint64
	format   string // elf, pe, macho
	os       string // as Go names it; empty where the format does not say
	arch     string
	order    binary.ByteOrder
	pointer  int // bytes
	sections []section
	uuid     string
	// symbols gives the addresses of the named symbols, where the program has a symbol table.
	symbols func(names ...string) map[string]uint64
}

type section struct {
	name               string
	addr               uint64
	size               uint64 // in memory
	offset, fileSize   uint64
	alloc, exec, write bool
}

type sectionReport struct {
	Name string `json:"name"`
	Addr uint64 `json:"addr"`
	// Size is that in memory; a section such as .bss has nothing in the file, and the SHA-256 of nothing.
	Size   uint64 `json:"size"`
	SHA256 string `json:"sha256"`
	// WithoutID is the SHA-256 with the build id blanked; the same as SHA256 where none stands in it.
	WithoutID string `json:"withoutId"`
	Alloc     bool   `json:"alloc"`
	Exec      bool   `json:"exec"`
	Write     bool   `json:"write"`
}

var errFormat = errors.New("no program: neither ELF, PE nor Mach-O")

func openImage(file io.ReaderAt, size uint64) (*image, error) {
	magic := make([]byte, 4)
	if n, _ := file.ReadAt(magic, 0); n < 4 {
		return nil, errFormat
	}
	var im *image
	var err error
	switch {
	case bytes.Equal(magic, []byte("\x7fELF")):
		im, err = openELF(file)
	case bytes.HasPrefix(magic, []byte("MZ")):
		im, err = openPE(file)
	case bytes.Equal(magic, []byte("\xcf\xfa\xed\xfe")), bytes.Equal(magic, []byte("\xce\xfa\xed\xfe")):
		im, err = openMachO(file)
	case bytes.Equal(magic, []byte("\xca\xfe\xba\xbe")):
		return nil, errors.New("a Mach-O file of several machines: take one of them out of it first")
	default:
		return nil, errFormat
	}
	if err != nil {
		return nil, fmt.Errorf("malformed: %w", err)
	}
	im.file, im.size = file, size
	for _, s := range im.sections {
		if s.fileSize > 0 && (s.offset > size || s.fileSize > size-s.offset) {
			return nil, fmt.Errorf("malformed: section %s ends after the file", s.name)
		}
	}
	return im, nil
}

// named gives the first section with one of the names, nil where there is none.
func (im *image) named(names ...string) *section {
	for _, name := range names {
		for i := range im.sections {
			if im.sections[i].name == name {
				return &im.sections[i]
			}
		}
	}
	return nil
}

// at gives the section whose memory holds the address, nil where none does.
func (im *image) at(addr uint64) *section {
	for i := range im.sections {
		s := &im.sections[i]
		if s.alloc && addr >= s.addr && addr-s.addr < s.size {
			return s
		}
	}
	return nil
}

func (im *image) data(s *section) ([]byte, error) {
	return im.bytes(s.offset, s.fileSize)
}

func (im *image) bytes(offset, size uint64) ([]byte, error) {
	read := make([]byte, size)
	if n, err := im.file.ReadAt(read, int64(offset)); uint64(n) < size {
		return nil, err
	}
	return read, nil
}

func (im *image) hash(offset, size uint64) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(im.file, int64(offset), int64(size))); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// hashSections also gives what lies outside of all sections, in the order of the file: headers, padding, signatures.
func (im *image) hashSections(ids ids) ([]sectionReport, content, error) {
	reports := make([]sectionReport, 0, len(im.sections))
	for _, s := range im.sections {
		sum, err := im.hash(s.offset, s.fileSize)
		if err != nil {
			return nil, content{}, err
		}
		without := sum
		if ids.in(s) {
			data, err := im.data(&s)
			if err != nil {
				return nil, content{}, err
			}
			for _, id := range ids.spans {
				if id.offset >= s.offset && id.offset+id.size <= s.offset+s.fileSize {
					clear := data[id.offset-s.offset : id.offset-s.offset+id.size]
					for i := range clear {
						clear[i] = 0
					}
				}
			}
			blank := sha256.Sum256(data)
			without = hex.EncodeToString(blank[:])
		}
		reports = append(reports, sectionReport{
			Name: s.name, Addr: s.addr, Size: s.size, SHA256: sum, WithoutID: without,
			Alloc: s.alloc, Exec: s.exec, Write: s.write,
		})
	}
	rest, err := im.hashRest()
	return reports, rest, err
}

func (im *image) hashRest() (content, error) {
	ordered := append([]section{}, im.sections...)
	sort.Slice(ordered, func(i, j int) bool { return ordered[i].offset < ordered[j].offset })
	sum := sha256.New()
	var at, total uint64
	gap := func(end uint64) error {
		if end <= at {
			return nil
		}
		total += end - at
		_, err := io.Copy(sum, io.NewSectionReader(im.file, int64(at), int64(end-at)))
		return err
	}
	for _, s := range ordered {
		if s.fileSize == 0 {
			continue
		}
		if err := gap(s.offset); err != nil {
			return content{}, err
		}
		at = max(at, s.offset+s.fileSize)
	}
	if err := gap(im.size); err != nil {
		return content{}, err
	}
	return content{Size: total, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}
