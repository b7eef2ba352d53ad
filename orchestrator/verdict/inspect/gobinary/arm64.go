package main

// readARM64 finds the operands that are relative to the instruction (Arm Architecture Reference Manual, C4). Words of a
// literal pool are read as if they were instructions; that does no harm, since most say nothing relative.
func (r *shapeReader) readARM64(entry uint64, code []byte) bool {
	if len(code)%4 != 0 {
		return false
	}
	r.refs = r.refs[:0]
	// The page that ADRP put into each register, until the instruction that adds the rest.
	var pages [32]uint64
	pending := lea{}
	for at := 0; at < len(code); at += 4 {
		word := r.im.order.Uint32(code[at:])
		pc := entry + uint64(at)
		register, base := word&31, word>>5&31
		switch {
		case word&0x7c000000 == 0x14000000: // B, BL
			target := pc + uint64(int64(int32(word<<6)>>6)*4)
			r.refs = append(r.refs, reference{at, target, blankBranch})
		case word&0x9f000000 == 0x10000000: // ADR
			target := pc + uint64(int64(addressImmediate(word)))
			r.refs = append(r.refs, reference{at, target, blankAddress})
		case word&0x9f000000 == 0x90000000: // ADRP
			page := pc&^0xfff + uint64(int64(addressImmediate(word))<<12)
			pages[register] = page
			// The page of what is meant lies where it lies, and the part that follows says in what section.
			r.refs = append(r.refs, reference{at, 0, blankAddress})
			continue
		case word&0xff800000 == 0x91000000 && pages[base] != 0: // ADD
			target := pages[base] + uint64(word>>10&0xfff)
			r.refs = append(r.refs, reference{at, target, blankTwelve})
			pending = lea{target: target, left: 4}
			pages[base] = 0
		case word&0x3b000000 == 0x39000000 && pages[base] != 0: // LDR, STR with an unsigned offset
			size := word >> 30
			if word&0x04800000 == 0x04800000 { // 128 bits
				size = 4
			}
			target := pages[base] + uint64(word>>10&0xfff)<<size
			r.refs = append(r.refs, reference{at, target, blankTwelve})
			pages[base] = 0
		case word&0x7fe00000 == 0x52800000 && pending.left > 0: // MOVZ
			r.texts.add(pending.target, uint64(word>>5&0xffff))
			pending.left = 0
		case word&0x7f800000 == 0x32000000 && base == 31 && pending.left > 0: // ORR of the zero register
			r.texts.add(pending.target, bitmask(word))
			pending.left = 0
		}
		pending.left--
	}
	return true
}

func addressImmediate(word uint32) int32 {
	high := int32(word<<8) >> 13 << 2
	return high | int32(word>>29&3)
}

// bitmask gives the immediate of a logical instruction where it is one run of ones in 32 or 64 bits, else 0.
func bitmask(word uint32) uint64 {
	ones, rotate := word>>10&0x3f+1, word>>16&0x3f
	width := uint32(32)
	if word&(1<<22) != 0 {
		width = 64
	} else if ones > 32 {
		return 0
	}
	run := uint64(1)<<ones - 1
	value := run>>rotate | run<<(width-rotate)
	if width == 32 {
		value &= 0xffffffff
	}
	return value
}

func blankBranch(code []byte)  { code[0], code[1], code[2], code[3] = 0, 0, 0, code[3]&0xfc }
func blankAddress(code []byte) { code[0], code[1], code[2], code[3] = code[0]&0x1f, 0, 0, code[3]&0x9f }
func blankTwelve(code []byte)  { code[1], code[2] = code[1]&3, code[2]&0xc0 }
