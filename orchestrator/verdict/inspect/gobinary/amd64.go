package main

import "encoding/binary"

// What follows the opcode of an instruction (Intel SDM volume 2, appendix A).
const (
	opNone    = iota
	opModRM   // ModRM byte, with what it asks for
	opImm8    // one byte
	opImm16   // two
	opImmZ    // four, or two with the operand-size prefix
	opImmV    // eight with REX.W, else as opImmZ
	opModImm8 // ModRM and one byte
	opModImmZ // ModRM and four or two
	opRel8    // jump within the function
	opRel32   // jump or call
	opMoffs   // eight
	opEnter   // three
	opGroup3  // ModRM, and an immediate where its reg field is 0 or 1
	opBad
)

var oneByte, twoByte [256]byte

func init() {
	set := func(table *[256]byte, kind byte, from, to int) {
		for i := from; i <= to; i++ {
			table[i] = kind
		}
	}
	set(&oneByte, opBad, 0x00, 0xff)
	for base := 0; base < 0x40; base += 8 {
		set(&oneByte, opModRM, base, base+3)
		oneByte[base+4], oneByte[base+5] = opImm8, opImmZ
	}
	set(&oneByte, opNone, 0x50, 0x5f)
	oneByte[0x63], oneByte[0x68], oneByte[0x69], oneByte[0x6a], oneByte[0x6b] = opModRM, opImmZ, opModImmZ, opImm8, opModImm8
	set(&oneByte, opNone, 0x6c, 0x6f)
	set(&oneByte, opRel8, 0x70, 0x7f)
	oneByte[0x80], oneByte[0x81], oneByte[0x83] = opModImm8, opModImmZ, opModImm8
	set(&oneByte, opModRM, 0x84, 0x8f)
	set(&oneByte, opNone, 0x90, 0x9f)
	oneByte[0x9a] = opBad
	set(&oneByte, opMoffs, 0xa0, 0xa3)
	set(&oneByte, opNone, 0xa4, 0xaf)
	oneByte[0xa8], oneByte[0xa9] = opImm8, opImmZ
	set(&oneByte, opImm8, 0xb0, 0xb7)
	set(&oneByte, opImmV, 0xb8, 0xbf)
	oneByte[0xc0], oneByte[0xc1], oneByte[0xc2], oneByte[0xc3] = opModImm8, opModImm8, opImm16, opNone
	oneByte[0xc6], oneByte[0xc7], oneByte[0xc8], oneByte[0xc9] = opModImm8, opModImmZ, opEnter, opNone
	oneByte[0xca], oneByte[0xcb], oneByte[0xcc], oneByte[0xcd], oneByte[0xcf] = opImm16, opNone, opNone, opImm8, opNone
	set(&oneByte, opModRM, 0xd0, 0xd3)
	oneByte[0xd7] = opNone
	set(&oneByte, opModRM, 0xd8, 0xdf)
	set(&oneByte, opRel8, 0xe0, 0xe3)
	set(&oneByte, opImm8, 0xe4, 0xe7)
	oneByte[0xe8], oneByte[0xe9], oneByte[0xeb] = opRel32, opRel32, opRel8
	set(&oneByte, opNone, 0xec, 0xef)
	set(&oneByte, opNone, 0xf4, 0xf5)
	oneByte[0xf1], oneByte[0xf6], oneByte[0xf7] = opNone, opGroup3, opGroup3
	set(&oneByte, opNone, 0xf8, 0xfd)
	oneByte[0xfe], oneByte[0xff] = opModRM, opModRM

	set(&twoByte, opModRM, 0x00, 0xff)
	for _, opcode := range []int{0x05, 0x06, 0x07, 0x08, 0x09, 0x0b, 0x0e, 0x77, 0xa0, 0xa1, 0xa2, 0xa8, 0xa9, 0xaa} {
		twoByte[opcode] = opNone
	}
	for _, opcode := range []int{0x04, 0x0a, 0x0c, 0x0f, 0x24, 0x25, 0x26, 0x27, 0x36, 0x39, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0xff} {
		twoByte[opcode] = opBad
	}
	set(&twoByte, opNone, 0x30, 0x37)
	set(&twoByte, opModImm8, 0x70, 0x73)
	set(&twoByte, opRel32, 0x80, 0x8f)
	for _, opcode := range []int{0xa4, 0xac, 0xba, 0xc2, 0xc4, 0xc5, 0xc6} {
		twoByte[opcode] = opModImm8
	}
	set(&twoByte, opNone, 0xc8, 0xcf)
}

// readAMD64 finds the operands that are relative to the instruction. It gives false where the code does not fall into
// instructions that end where it ends.
func (r *shapeReader) readAMD64(entry uint64, code []byte) bool {
	r.refs = r.refs[:0]
	pending := lea{}
	for at := 0; at < len(code); {
		in, ok := decodeAMD64(code[at:])
		if !ok {
			return false
		}
		if in.operand > 0 {
			relative := int32(binary.LittleEndian.Uint32(code[at+in.operand:]))
			target := entry + uint64(at+in.length) + uint64(int64(relative))
			r.refs = append(r.refs, reference{at + in.operand, target, blankWord})
			if in.isLEA {
				pending = lea{target: target, left: 3}
			}
		}
		// A string in code: LEAQ to its bytes, and soon after its length as an immediate.
		if in.immediate > 0 && pending.left > 0 {
			r.texts.add(pending.target, uint64(in.immediate))
			pending.left = 0
		}
		pending.left--
		at += in.length
	}
	return true
}

type lea struct {
	target uint64
	left   int // instructions
}

type instruction struct {
	length int
	// operand is where four relative bytes stand in it, 0 for none.
	operand int
	isLEA   bool
	// immediate is what a MOVL puts into a register, 0 for others.
	immediate uint32
}

func decodeAMD64(code []byte) (in instruction, ok bool) {
	// A read behind the end is an instruction that is cut off.
	defer func() {
		if recover() != nil || in.length > len(code) {
			ok = false
		}
	}()
	at, isShort, isWide := 0, false, false
	for isPrefix(code[at]) {
		isShort = isShort || code[at] == 0x66
		at++
	}
	if code[at]&0xf0 == 0x40 {
		isWide = code[at]&8 != 0
		at++
	}
	kind, opcode := byte(opBad), code[at]
	at++
	switch {
	case opcode == 0xc5:
		kind, opcode, at = vexKind(1, code[at+1]), code[at+1], at+2
	case opcode == 0xc4:
		kind, opcode, at = vexKind(code[at]&0x1f, code[at+2]), code[at+2], at+3
	case opcode == 0x62:
		kind, opcode, at = vexKind(code[at]&7, code[at+3]), code[at+3], at+4
	case opcode != 0x0f:
		kind = oneByte[opcode]
		in.isLEA = opcode == 0x8d && isWide
		if kind == opImmV && !isWide && !isShort {
			in.immediate = binary.LittleEndian.Uint32(code[at:])
		}
	case code[at] == 0x38:
		kind, at = opModRM, at+2
	case code[at] == 0x3a:
		kind, at = opModImm8, at+2
	default:
		kind, opcode, at = twoByte[code[at]], code[at], at+1
	}
	immediate := 4
	if isShort {
		immediate = 2
	}
	switch kind {
	case opModRM, opModImm8, opModImmZ, opGroup3:
		modRM := code[at]
		length, isRelative := modRMLength(code[at:])
		if isRelative {
			in.operand = at + 1
		}
		at += length
		switch {
		case kind == opModImm8, kind == opGroup3 && opcode == 0xf6 && modRM&0x30 == 0:
			at++
		case kind == opModImmZ, kind == opGroup3 && opcode == 0xf7 && modRM&0x30 == 0:
			at += immediate
		}
	case opImm8, opRel8:
		at++
	case opImm16:
		at += 2
	case opImmZ:
		at += immediate
	case opImmV:
		if isWide {
			immediate = 8
		}
		at += immediate
	case opRel32:
		in.operand = at
		at += 4
	case opMoffs:
		at += 8
	case opEnter:
		at += 3
	case opBad:
		return in, false
	}
	in.length = at
	return in, true
}

func isPrefix(b byte) bool {
	switch b {
	case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3:
		return true
	}
	return false
}

// vexKind: in the three opcode maps of VEX and EVEX everything has a ModRM byte but VZEROUPPER.
func vexKind(opcodeMap, opcode byte) byte {
	switch opcodeMap {
	case 1:
		switch {
		case opcode == 0x77:
			return opNone
		case opcode >= 0x70 && opcode <= 0x73, opcode == 0xc2, opcode >= 0xc4 && opcode <= 0xc6:
			return opModImm8
		}
		return opModRM
	case 2, 5, 6:
		return opModRM
	case 3:
		return opModImm8
	}
	return opBad
}

// modRMLength gives the bytes of ModRM, SIB and displacement, and whether the displacement is relative to the instruction.
func modRMLength(code []byte) (length int, isRelative bool) {
	mod, rm := code[0]>>6, code[0]&7
	length = 1
	if mod == 3 {
		return length, false
	}
	if rm == 4 {
		if mod == 0 && code[1]&7 == 5 {
			length += 4
		}
		length++
	}
	switch {
	case mod == 0 && rm == 5:
		return length + 4, true
	case mod == 1:
		length++
	case mod == 2:
		length += 4
	}
	return length, false
}
