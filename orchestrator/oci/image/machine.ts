import type { Platform } from '../../core/platform.ts';

/** What a program's header says it runs on. */
export interface Machine {
  readonly format: 'elf' | 'pe' | 'macho';
  /** Undefined where the number is none of the known ones, or the file is for several machines. */
  readonly platform: Platform | undefined;
}

/** How many bytes from the start `machineOf` wants: PE's header is where the DOS stub ends, mostly below 512. */
export const headerLength = 4096;

/** e_machine of ELF (System V ABI, "Machine"), little-endian unless said otherwise. */
const elfMachines: Readonly<Record<number, string>> = {
  3: '386',
  21: 'ppc64le',
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};

/** EI_OSABI of ELF: what Linux programs have is 0 or 3. */
const elfSystems: Readonly<Record<number, string>> = {
  0: 'linux',
  2: 'netbsd',
  3: 'linux',
  6: 'solaris',
  9: 'freebsd',
  12: 'openbsd',
};

/** Machine of PE (Microsoft PE format, "Machine types"). */
const peMachines: Readonly<Record<number, string>> = {
  332: '386',
  452: 'arm',
  34404: 'amd64',
  43620: 'arm64',
};

/** cputype of Mach-O (mach/machine.h). */
const machoMachines: Readonly<Record<number, string>> = { 16777223: 'amd64', 16777228: 'arm64' };

/**
 * What a program is made for, by the first `headerLength` bytes of its file; undefined where it is no ELF, PE or Mach-O.
 */
export function machineOf(bytes: Uint8Array): Machine | undefined {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (data.length < 20) return undefined;
  const magic = data.readUInt32BE(0);
  if (magic === 0x7f454c46) return { format: 'elf', platform: elfPlatform(data) };
  if (magic === 0xcffaedfe || magic === 0xcefaedfe) {
    return { format: 'macho', platform: named('darwin', machoMachines[data.readUInt32LE(4)]) };
  }
  // The same four bytes begin Java classes, whose next number is a version and never small.
  if (magic === 0xcafebabe && data.readUInt32BE(4) < 20) return { format: 'macho', platform: undefined };
  return data.toString('latin1', 0, 2) === 'MZ' ? peOf(data) : undefined;
}

function elfPlatform(data: Buffer): Platform | undefined {
  const isLittle = data[5] === 1;
  const machine = isLittle ? data.readUInt16LE(18) : data.readUInt16BE(18);
  const arch = elfMachines[machine];
  // s390x is big-endian; of the others only the little-endian kinds have the names above.
  if (isLittle === (machine === 22)) return undefined;
  const system = elfSystems[data[7] ?? 0];
  return system === undefined ? undefined : named(system, arch);
}

function peOf(data: Buffer): Machine | undefined {
  const start = data.length < 64 ? data.length : data.readUInt32LE(60);
  if (start + 6 > data.length || data.toString('latin1', start, start + 4) !== 'PE\0\0') return undefined;
  return { format: 'pe', platform: named('windows', peMachines[data.readUInt16LE(start + 4)]) };
}

function named(os: string, arch: string | undefined): Platform | undefined {
  return arch === undefined ? undefined : `${os}/${arch}`;
}
