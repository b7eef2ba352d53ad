import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RootEntries, RootEntry } from '../../../orchestrator/task/base/entry.ts';
import { linkerCache } from '../../../orchestrator/task/base/linker-cache.ts';
import { fileEntry } from '../../../orchestrator/task/base/rules.ts';
import { sonameOf } from '../../../orchestrator/task/base/soname.ts';

/** A shared library with nothing in it but its name: header, two segments, the dynamic section, the names. */
function library(machine: number, soname: string | undefined): Buffer {
  const names = Buffer.from(`\0${soname ?? ''}\0`);
  const bytes = Buffer.alloc(64 + 2 * 56 + 3 * 16);
  bytes.writeUInt32BE(0x7f454c46);
  bytes.set([2, 1, 1], 4);
  bytes.writeUInt16LE(3, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(2, 56);
  const [dynamic, strings, loadedAt] = [64 + 112, bytes.length, 0x10000];
  const segment = (at: number, type: number, offset: number, size: number): void => {
    bytes.writeUInt32LE(type, at);
    bytes.writeBigUInt64LE(BigInt(offset), at + 8);
    bytes.writeBigUInt64LE(BigInt(loadedAt + offset), at + 16);
    bytes.writeBigUInt64LE(BigInt(size), at + 32);
  };
  segment(64, 1, 0, strings + names.length);
  segment(120, 2, dynamic, 48);
  const tags = [[5, loadedAt + strings], ...(soname === undefined ? [] : [[14, 1]])];
  for (const [index, [tag = 0, value = 0]] of tags.entries()) {
    bytes.writeBigUInt64LE(BigInt(tag), dynamic + 16 * index);
    bytes.writeBigUInt64LE(BigInt(value), dynamic + 16 * index + 8);
  }
  return Buffer.concat([bytes, names]);
}

const [x86, arm] = [62, 183];
const folder: RootEntry = { kind: 'folder', mode: 0o755, uid: 0, gid: 0, mtime: 0, xattrs: {} };
const link = (target: string): RootEntry => ({ ...folder, kind: 'symbolic-link', target });
const file = (bytes: Buffer | string): RootEntry => fileEntry(Buffer.from(bytes as Buffer), 0o755, 0);

test('a library tells its name to those of its processor', () => {
  assert.equal(sonameOf(library(x86, 'libz.so.1'), 'amd64'), { soname: 'libz.so.1' });
  assert.equal(sonameOf(library(arm, 'libz.so.1'), 'arm64'), { soname: 'libz.so.1' });
  assert.equal(sonameOf(library(arm, undefined), 'arm64'), { soname: undefined });
  assert.is(sonameOf(library(arm, 'libz.so.1'), 'amd64'), undefined);
  assert.is(sonameOf(Buffer.from('/* GNU ld script */ GROUP ( libc.so.6 )'.padEnd(80)), 'amd64'), undefined);
});

/** What glibc's loader reads: names and paths in their order, and the marks. */
function readCache(bytes: Buffer): readonly string[] {
  assert.is(bytes.toString('latin1', 0, 20), 'glibc-ld.so.cache1.1');
  const text = (at: number): string => bytes.toString('latin1', at, bytes.indexOf(0, at));
  assert.is(bytes.length, 48 + 24 * bytes.readUInt32LE(20) + bytes.readUInt32LE(24));
  return Array.from({ length: bytes.readUInt32LE(20) }, (_, index) => {
    const at = 48 + 24 * index;
    return `${bytes.readUInt32LE(at).toString(16)} ${text(bytes.readUInt32LE(at + 4))} ${text(bytes.readUInt32LE(at + 8))}`;
  });
}

test('the cache has the libraries of its processor, in the order in which the loader searches', async () => {
  const entries: RootEntries = new Map([
    ['lib64', link('usr/lib64')],
    ['usr/lib64', folder],
    ['usr/lib64/libz.so.1.2.13', file(library(arm, 'libz.so.1'))],
    ['usr/lib64/libz.so.1', link('libz.so.1.2.13')],
    ['usr/lib64/libz.so', link('libz.so.1')],
    ['usr/lib64/libstdc++.so.6.0.24', file(library(arm, 'libstdc++.so.6'))],
    ['usr/lib64/libstdc++.so.6', link('libstdc++.so.6.0.24')],
    ['usr/lib64/libx10.so', file(library(arm, 'libx10.so'))],
    ['usr/lib64/libx9.so', file(library(arm, 'libx9.so'))],
    ['usr/lib64/libother.so.1', file(library(x86, 'libother.so.1'))],
    ['usr/lib64/libscript.so', file('GROUP')],
    ['usr/lib64/README', file(library(arm, 'libreadme.so'))],
    ['opt/lib', folder],
    ['opt/lib/libz.so.1', file(library(arm, 'libz.so.1'))],
    ['etc/ld.so.conf', file('include ld.so.conf.d/*.conf\n')],
    ['etc/ld.so.conf.d/opt.conf', file('/opt/lib/ # ours\n/no/such/folder\n')],
  ]);
  assert.equal(readCache(await linkerCache(entries, 'linux/arm64')), [
    'a03 libz.so.1 /opt/lib/libz.so.1',
    'a03 libx10.so /lib64/libx10.so',
    'a03 libx9.so /lib64/libx9.so',
    'a03 libstdc++.so.6 /lib64/libstdc++.so.6',
  ]);
  assert.equal(readCache(await linkerCache(entries, 'linux/amd64')), [
    '303 libother.so.1 /lib64/libother.so.1',
  ]);
});

test.run();
