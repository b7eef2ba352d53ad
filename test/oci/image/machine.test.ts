import * as assert from 'uvu/assert';
import { machineOf } from '../../../orchestrator/oci/image/machine.ts';
import { suite } from '../../rig/suite.ts';

const test = suite('machine');

/** The first 20 bytes of an ELF file: class, data encoding and ABI, then type and machine. */
function elf(machine: number, { isBig = false, abi = 0 } = {}): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header[4] = 2;
  header[5] = isBig ? 2 : 1;
  header[7] = abi;
  if (isBig) header.writeUInt16BE(machine, 18);
  else header.writeUInt16LE(machine, 18);
  return header;
}

function pe(machine: number, start: number): Buffer {
  const header = Buffer.alloc(1024);
  header.write('MZ');
  header.writeUInt32LE(start, 60);
  header.write('PE\0\0', start);
  header.writeUInt16LE(machine, start + 4);
  return header;
}

test('ELF: machine and system', () => {
  assert.equal(machineOf(elf(62)), { format: 'elf', platform: 'linux/amd64' });
  assert.equal(machineOf(elf(183)), { format: 'elf', platform: 'linux/arm64' });
  assert.equal(machineOf(elf(183, { abi: 3 })), { format: 'elf', platform: 'linux/arm64' });
  assert.equal(machineOf(elf(62, { abi: 9 })), { format: 'elf', platform: 'freebsd/amd64' });
  assert.equal(machineOf(elf(22, { isBig: true })), { format: 'elf', platform: 'linux/s390x' });
});

test('ELF for what has no name is a program all the same', () => {
  assert.equal(machineOf(elf(247)), { format: 'elf', platform: undefined });
  assert.equal(machineOf(elf(62, { abi: 99 })), { format: 'elf', platform: undefined });
  assert.equal(machineOf(elf(183, { isBig: true })), { format: 'elf', platform: undefined });
});

test('PE, wherever its header is', () => {
  assert.equal(machineOf(pe(0x8664, 128)), { format: 'pe', platform: 'windows/amd64' });
  assert.equal(machineOf(pe(0xaa64, 600)), { format: 'pe', platform: 'windows/arm64' });
  assert.is(machineOf(Buffer.from('MZ is how this text starts, and no program')), undefined);
});

test('Mach-O, for one machine and for several', () => {
  assert.equal(machineOf(Buffer.from(`cffaedfe0c000001${'00'.repeat(24)}`, 'hex')), {
    format: 'macho',
    platform: 'darwin/arm64',
  });
  assert.equal(machineOf(Buffer.from(`cafebabe00000002${'00'.repeat(24)}`, 'hex')), {
    format: 'macho',
    platform: undefined,
  });
  // A Java class.
  assert.is(machineOf(Buffer.from(`cafebabe00000034${'00'.repeat(24)}`, 'hex')), undefined);
});

test('what is no program', () => {
  assert.is(machineOf(Buffer.from('#!/bin/sh\necho a script that is long enough\n')), undefined);
  assert.is(machineOf(Buffer.from('\x7fELF', 'latin1')), undefined);
  assert.is(machineOf(Buffer.alloc(0)), undefined);
});

test.run();
