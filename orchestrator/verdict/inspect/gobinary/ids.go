package main

import (
	"bytes"
	"encoding/hex"
	"strconv"
)

type span struct{ offset, size uint64 }

// ids are the build identifiers of a program, and where their bytes stand in the file.
type ids struct {
	goID, gnu, uuid string
	spans           []span
}

func (i ids) in(s section) bool {
	for _, each := range i.spans {
		if each.offset >= s.offset && each.offset+each.size <= s.offset+s.fileSize {
			return true
		}
	}
	return false
}

// What the linker writes at the start of the text where the format has no notes (cmd/internal/buildid).
var idBegin, idEnd = []byte("\xff Go build ID: "), []byte("\n \xff")

// How much of the text is searched for it, as cmd/internal/buildid does.
const idWindow = 32 << 10

func (im *image) readIDs() ids {
	found := ids{uuid: im.uuid}
	found.goID = im.readNote(&found, ".note.go.buildid", "Go\x00\x00", 4)
	found.gnu = hex.EncodeToString([]byte(im.readNote(&found, ".note.gnu.build-id", "GNU\x00", 3)))
	if im.format == "elf" {
		return found
	}
	for i := range im.sections {
		s := &im.sections[i]
		if !s.exec {
			continue
		}
		text, err := im.bytes(s.offset, min(s.fileSize, idWindow))
		if err != nil {
			continue
		}
		begin := bytes.Index(text, idBegin)
		if begin < 0 {
			continue
		}
		quoted, _, ok := bytes.Cut(text[begin+len(idBegin):], idEnd)
		if !ok {
			continue
		}
		if id, err := strconv.Unquote(string(quoted)); err == nil {
			found.goID = id
			found.spans = append(found.spans, span{s.offset + uint64(begin+len(idBegin)), uint64(len(quoted))})
			break
		}
	}
	return found
}

// readNote gives the description of an ELF note: sizes of name and description, type, name, description.
func (im *image) readNote(found *ids, sectionName, name string, kind uint32) string {
	s := im.named(sectionName)
	if s == nil || im.format != "elf" || s.fileSize > 1<<16 {
		return ""
	}
	data, err := im.data(s)
	if err != nil || len(data) < 12+len(name) {
		return ""
	}
	nameSize, size := im.order.Uint32(data), im.order.Uint32(data[4:])
	if im.order.Uint32(data[8:]) != kind || nameSize != uint32(len(name)) || string(data[12:16]) != name {
		return ""
	}
	if uint64(size) > uint64(len(data)-16) {
		return ""
	}
	found.spans = append(found.spans, span{s.offset + 16, uint64(size)})
	return string(data[16 : 16+size])
}
