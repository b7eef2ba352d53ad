package main

import (
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
)

var elfSystems = map[elf.OSABI]string{
	elf.ELFOSABI_NONE: "linux", elf.ELFOSABI_LINUX: "linux", elf.ELFOSABI_FREEBSD: "freebsd",
	elf.ELFOSABI_NETBSD: "netbsd", elf.ELFOSABI_OPENBSD: "openbsd", elf.ELFOSABI_SOLARIS: "solaris",
}

var elfMachines = map[elf.Machine]string{
	elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64", elf.EM_386: "386", elf.EM_ARM: "arm",
	elf.EM_S390: "s390x", elf.EM_RISCV: "riscv64", elf.EM_LOONGARCH: "loong64",
}

func openELF(file io.ReaderAt) (*image, error) {
	f, err := elf.NewFile(file)
	if err != nil {
		return nil, err
	}
	im := &image{format: "elf", os: elfSystems[f.OSABI], arch: elfMachines[f.Machine], order: f.ByteOrder, pointer: 8}
	if f.Class == elf.ELFCLASS32 {
		im.pointer = 4
	}
	if f.Machine == elf.EM_PPC64 {
		im.arch = "ppc64"
		if f.Data == elf.ELFDATA2LSB {
			im.arch = "ppc64le"
		}
	}
	for _, s := range f.Sections {
		if s.Type == elf.SHT_NULL {
			continue
		}
		fileSize := s.FileSize
		if s.Type == elf.SHT_NOBITS {
			fileSize = 0
		}
		im.sections = append(im.sections, section{
			name: s.Name, addr: s.Addr, size: s.Size, offset: s.Offset, fileSize: fileSize,
			alloc: s.Flags&elf.SHF_ALLOC != 0,
			exec:  s.Flags&elf.SHF_EXECINSTR != 0,
			write: s.Flags&elf.SHF_WRITE != 0,
		})
	}
	im.symbols = func(names ...string) map[string]uint64 {
		symbols, _ := f.Symbols()
		return pick(names, len(symbols), func(i int) (string, uint64) { return symbols[i].Name, symbols[i].Value })
	}
	return im, nil
}

var peMachines = map[uint16]string{
	pe.IMAGE_FILE_MACHINE_AMD64: "amd64", pe.IMAGE_FILE_MACHINE_ARM64: "arm64",
	pe.IMAGE_FILE_MACHINE_I386: "386", pe.IMAGE_FILE_MACHINE_ARMNT: "arm",
}

func openPE(file io.ReaderAt) (*image, error) {
	f, err := pe.NewFile(file)
	if err != nil {
		return nil, err
	}
	im := &image{format: "pe", os: "windows", arch: peMachines[f.Machine], order: binary.LittleEndian, pointer: 8}
	var base uint64
	switch header := f.OptionalHeader.(type) {
	case *pe.OptionalHeader64:
		base = header.ImageBase
	case *pe.OptionalHeader32:
		base, im.pointer = uint64(header.ImageBase), 4
	default:
		return nil, fmt.Errorf("there is no optional header")
	}
	for _, s := range f.Sections {
		flags := s.Characteristics
		im.sections = append(im.sections, section{
			name: s.Name, addr: base + uint64(s.VirtualAddress), size: uint64(s.VirtualSize),
			offset: uint64(s.Offset), fileSize: uint64(min(s.Size, s.VirtualSize)),
			alloc: flags&pe.IMAGE_SCN_MEM_DISCARDABLE == 0,
			exec:  flags&pe.IMAGE_SCN_MEM_EXECUTE != 0,
			write: flags&pe.IMAGE_SCN_MEM_WRITE != 0,
		})
	}
	im.symbols = func(names ...string) map[string]uint64 {
		return pick(names, len(f.Symbols), func(i int) (string, uint64) {
			s := f.Symbols[i]
			if s.SectionNumber < 1 || int(s.SectionNumber) > len(f.Sections) {
				return "", 0
			}
			return s.Name, base + uint64(f.Sections[s.SectionNumber-1].VirtualAddress) + uint64(s.Value)
		})
	}
	return im, nil
}

var machoMachines = map[macho.Cpu]string{
	macho.CpuAmd64: "amd64", macho.CpuArm64: "arm64", macho.Cpu386: "386", macho.CpuArm: "arm",
}

const (
	machoZeroFill     = 0x1                // the type S_ZEROFILL of a section
	machoInstructions = 0x80000000 | 0x400 // S_ATTR_PURE_INSTRUCTIONS, S_ATTR_SOME_INSTRUCTIONS
	machoWritable     = 0x2                // VM_PROT_WRITE
	machoUUID         = 0x1b               // LC_UUID
)

func openMachO(file io.ReaderAt) (*image, error) {
	f, err := macho.NewFile(file)
	if err != nil {
		return nil, err
	}
	im := &image{format: "macho", os: "darwin", arch: machoMachines[f.Cpu], order: f.ByteOrder, pointer: 8}
	if f.Magic == macho.Magic32 {
		im.pointer = 4
	}
	segments := map[string]*macho.Segment{}
	used := map[string]bool{}
	for _, load := range f.Loads {
		if segment, ok := load.(*macho.Segment); ok {
			segments[segment.Name] = segment
		}
		if raw := load.Raw(); len(raw) == 24 && f.ByteOrder.Uint32(raw) == machoUUID {
			im.uuid = hex.EncodeToString(raw[8:])
		}
	}
	for _, s := range f.Sections {
		used[s.Seg] = true
		fileSize := s.Size
		if s.Flags&0xff == machoZeroFill {
			fileSize = 0
		}
		segment := segments[s.Seg]
		im.sections = append(im.sections, section{
			name: s.Seg + "." + s.Name, addr: s.Addr, size: s.Size, offset: uint64(s.Offset), fileSize: fileSize,
			alloc: s.Seg != "__DWARF",
			exec:  s.Flags&machoInstructions != 0,
			write: segment != nil && segment.Prot&machoWritable != 0,
		})
	}
	// __LINKEDIT has no sections: the symbol table and the signature.
	for _, load := range f.Loads {
		if segment, ok := load.(*macho.Segment); ok && !used[segment.Name] && segment.Filesz > 0 {
			im.sections = append(im.sections, section{
				name: segment.Name, addr: segment.Addr, size: segment.Memsz,
				offset: segment.Offset, fileSize: segment.Filesz,
			})
		}
	}
	im.symbols = func(names ...string) map[string]uint64 {
		if f.Symtab == nil {
			return nil
		}
		symbols := f.Symtab.Syms
		return pick(names, len(symbols), func(i int) (string, uint64) { return symbols[i].Name, symbols[i].Value })
	}
	return im, nil
}

func pick(names []string, count int, symbol func(int) (string, uint64)) map[string]uint64 {
	found := map[string]uint64{}
	for i := 0; i < count; i++ {
		name, value := symbol(i)
		for _, wanted := range names {
			if name == wanted {
				found[name] = value
			}
		}
	}
	return found
}
