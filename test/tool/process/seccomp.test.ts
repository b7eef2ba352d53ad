import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { families, seccompFilter } from '../../../orchestrator/tool/process/seccomp.ts';

const allowed = 0x7fff0000;
const refused = (errno: number) => 0x00050000 | errno;
const [eperm, enosys, eafnosupport] = [1, 38, 97];

const x86 = { platform: 'linux/amd64', audit: 0xc000003e };
const arm = { platform: 'linux/arm64', audit: 0xc00000b7 };

/** Runs a filter as the kernel does (classic BPF), on `struct seccomp_data`. */
function judge(filter: Uint8Array, audit: number, call: number, ...args: readonly number[]): number {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, call, true);
  data.setUint32(4, audit, true);
  for (const [index, arg] of args.entries()) data.setBigUint64(16 + 8 * index, BigInt(arg), true);
  const program = new DataView(filter.buffer);
  let accumulator = 0;
  for (let at = 0; at < filter.length / 8; at += 1) {
    const [code, value] = [program.getUint16(8 * at, true), program.getUint32(8 * at + 4, true)];
    const jump = (isTrue: boolean) => program.getUint8(8 * at + (isTrue ? 2 : 3));
    if (code === 0x20) accumulator = data.getUint32(value, true);
    else if (code === 0x15) at += jump(accumulator === value);
    else if (code === 0x35) at += jump(accumulator >= value);
    else if (code === 0x45) at += jump((accumulator & value) !== 0);
    else if (code === 0x06) return value;
    else throw new Error(`instruction ${code}`);
  }
  throw new Error('the filter has no end');
}

function filterFor(platform: string, sockets: readonly number[] = []): Uint8Array {
  const filter = seccompFilter(sockets, platform);
  if (filter === undefined) throw new Error(`no filter for ${platform}`);
  return filter;
}

test('what programs need is allowed, and what they do not is refused, by the numbers of each processor', () => {
  // read, openat, execve, mmap; ptrace, bpf, keyctl, unshare, setns, mount, io_uring_setup, userfaultfd.
  const cases = [
    { ...x86, fine: [0, 257, 59, 9], not: [101, 321, 250, 272, 308, 165, 425, 323] },
    { ...arm, fine: [63, 56, 221, 222], not: [117, 280, 219, 97, 268, 40, 425, 282] },
  ];
  for (const { platform, audit, fine, not } of cases) {
    const filter = filterFor(platform);
    for (const call of fine) assert.is(judge(filter, audit, call), allowed, `${platform} ${call}`);
    for (const call of not) assert.is(judge(filter, audit, call), refused(eperm), `${platform} ${call}`);
  }
});

test('a process and a thread can be made, a namespace cannot; clone3 is said not to be there', () => {
  for (const [{ platform, audit }, clone] of [
    [x86, 56],
    [arm, 220],
  ] as const) {
    const filter = filterFor(platform);
    // SIGCHLD; what pthread_create(3) has; each of the namespaces.
    for (const flags of [17, 0x3d0f00]) assert.is(judge(filter, audit, clone, flags), allowed);
    for (const bit of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000])
      assert.is(judge(filter, audit, clone, bit | 17), refused(eperm));
    assert.is(judge(filter, audit, 435), refused(enosys));
  }
});

test('sockets of the families that are named can be made, and no others', () => {
  const some = filterFor('linux/amd64', [families.inet, families.inet6]);
  const outcomes = [1, 2, 10, 16, 17, 38, 40].map((family) => judge(some, x86.audit, 41, family, 1));
  const no = refused(eafnosupport);
  assert.equal(outcomes, [no, allowed, allowed, no, no, no, no]);
  assert.is(judge(filterFor('linux/amd64'), x86.audit, 41, 2, 1), no);
});

test('nothing is put into the input of a terminal; other requests pass', () => {
  const filter = filterFor('linux/amd64');
  const requests = [0x5412, 0x541c, 0x5401].map((request) => judge(filter, x86.audit, 16, 0, request));
  assert.equal(requests, [refused(eperm), refused(eperm), allowed]);
});

test("another processor's calls and x32's are not there at all", () => {
  const filter = filterFor('linux/amd64');
  assert.is(judge(filter, 0x40000003, 0), refused(enosys));
  assert.is(judge(filter, x86.audit, 0x40000000), refused(enosys));
  assert.is(seccompFilter([], 'linux/riscv64'), undefined);
});

test.run();
