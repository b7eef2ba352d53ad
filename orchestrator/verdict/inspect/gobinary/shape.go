package main

import (
	"sort"
	"strconv"
)

// The shape of a function is its code without what depends on where things lie. Every operand that is an address relative
// to the instruction and leads out of the function is blanked, and what it leads to is appended: a function by its name (and
// the offset into it), data as data. So two functions of one shape have the same instructions, constants
// and calls; they may still refer to other data, of which the bytes tell.

type shapeReader struct {
	im        *image
	functions []function
	text      *section
	data      []byte
	texts     *stringSet
	// Used again for each function.
	refs             []reference
	blanked, targets []byte
}

// A reference is an operand that is relative to the instruction.
type reference struct {
	at     int // of the operand in the code
	target uint64
	blank  func(code []byte)
}

func newShapeReader(im *image, functions []function, texts *stringSet) (*shapeReader, error) {
	r := &shapeReader{im: im, functions: functions, texts: texts}
	if len(functions) == 0 {
		return r, nil
	}
	r.text = im.at(functions[0].entry)
	if r.text == nil || !r.text.exec {
		r.text = nil
		return r, nil
	}
	var err error
	r.data, err = im.data(r.text)
	return r, err
}

// read gives the bytes of a function without the padding behind it (none where they are not in the text section), and the
// digest of its shape: "" where the machine is not known here or the code is not all instructions.
func (r *shapeReader) read(f function) (code []byte, shape string) {
	if r.text == nil || f.entry < r.text.addr || f.end < f.entry {
		return nil, ""
	}
	size := uint64(len(r.data))
	all := r.data[min(f.entry-r.text.addr, size):min(f.end-r.text.addr, size)]
	code = r.withoutPadding(all)
	switch r.im.arch {
	case "amd64":
		// The last instruction may itself end with what padding is made of.
		for extra := 0; extra <= 8 && len(code)+extra <= len(all); extra++ {
			if r.readAMD64(f.entry, all[:len(code)+extra]) {
				code = all[:len(code)+extra]
				return code, r.digest(f, code)
			}
		}
	case "arm64":
		if r.readARM64(f.entry, code) {
			return code, r.digest(f, code)
		}
	}
	return code, ""
}

func (r *shapeReader) withoutPadding(code []byte) []byte {
	switch r.im.arch {
	case "amd64", "386":
		for len(code) > 0 && code[len(code)-1] == 0xcc {
			code = code[:len(code)-1]
		}
	default:
		for len(code) >= 4 && r.im.order.Uint32(code[len(code)-4:]) == 0 {
			code = code[:len(code)-4]
		}
	}
	return code
}

func (r *shapeReader) digest(f function, code []byte) string {
	r.blanked = append(r.blanked[:0], code...)
	r.targets = r.targets[:0]
	for _, ref := range r.refs {
		if ref.target >= f.entry && ref.target < f.end {
			continue
		}
		ref.blank(r.blanked[ref.at:])
		r.targets = r.appendTarget(r.targets, ref.target)
	}
	return digest(append(r.blanked, r.targets...))
}

func (r *shapeReader) appendTarget(to []byte, target uint64) []byte {
	to = append(to, 0)
	next := sort.Search(len(r.functions), func(i int) bool { return r.functions[i].entry > target })
	if next > 0 && target < r.functions[next-1].end {
		f := r.functions[next-1]
		to = append(to, f.name...)
		return strconv.AppendUint(append(to, '+'), target-f.entry, 10)
	}
	if r.im.isCode(target) {
		return append(to, "@code"...)
	}
	// Which section it is in is not told: the address of a table's end, or of a byte before it, is in a neighbour's by chance.
	return append(to, "@data"...)
}

func blankWord(code []byte) {
	code[0], code[1], code[2], code[3] = 0, 0, 0, 0
}
