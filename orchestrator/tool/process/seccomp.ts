/**
 * System calls by processor: [x86-64, arm64], of the kernel's own headers (arch/x86/entry/syscalls/syscall_64.tbl,
 * include/uapi/asm-generic/unistd.h). What a sandbox has no use for and what has let processes out of one: the list of
 * flatpak (common/flatpak-run.c, setup_seccomp), and what Docker's default profile keeps back besides.
 */
const refused: Readonly<Record<string, readonly [number, number | undefined]>> = {
  // Other processes.
  ...{ ptrace: [101, 117], process_vm_readv: [310, 270], process_vm_writev: [311, 271], kcmp: [312, 272] },
  ...{ pidfd_getfd: [438, 438], process_madvise: [440, 440] },
  // The kernel's keyrings, which are the user's own.
  ...{ add_key: [248, 217], request_key: [249, 218], keyctl: [250, 219] },
  // Programs in the kernel, and what has been the way to its faults most often.
  ...{ bpf: [321, 280], perf_event_open: [298, 241], userfaultfd: [323, 282] },
  ...{ io_uring_setup: [425, 425], io_uring_enter: [426, 426], io_uring_register: [427, 427] },
  // Namespaces and mounts.
  ...{ unshare: [272, 97], setns: [308, 268], mount: [165, 40], umount2: [166, 39], pivot_root: [155, 41] },
  ...{ chroot: [161, 51], open_tree: [428, 428], move_mount: [429, 429], fsopen: [430, 430] },
  ...{ fsconfig: [431, 431], fsmount: [432, 432], fspick: [433, 433], mount_setattr: [442, 442] },
  // Files by other ways than their names.
  ...{ name_to_handle_at: [303, 264], open_by_handle_at: [304, 265], fanotify_init: [300, 262] },
  // The machine itself.
  ...{ kexec_load: [246, 104], kexec_file_load: [320, 294], reboot: [169, 142], swapon: [167, 224] },
  ...{ swapoff: [168, 225], acct: [163, 89], quotactl: [179, 60], quotactl_fd: [443, 443] },
  ...{ init_module: [175, 105], finit_module: [313, 273], delete_module: [176, 106], syslog: [103, 116] },
  ...{ settimeofday: [164, 170], clock_settime: [227, 112], clock_adjtime: [305, 266], adjtimex: [159, 171] },
  ...{ sethostname: [170, 161], setdomainname: [171, 162], vhangup: [153, 58], ioperm: [173, undefined] },
  ...{ iopl: [172, undefined], uselib: [134, undefined], lookup_dcookie: [212, 18], nfsservctl: [180, 42] },
  // Memory of other nodes and processes.
  ...{ mbind: [237, 235], set_mempolicy: [238, 237], get_mempolicy: [239, 236], move_pages: [279, 239] },
  migrate_pages: [256, 238],
};

const processors = [
  { platform: 'linux/amd64', audit: 0xc000003e, clone: 56, clone3: 435, socket: 41, ioctl: 16 },
  { platform: 'linux/arm64', audit: 0xc00000b7, clone: 220, clone3: 435, socket: 198, ioctl: 29 },
] as const;

/** Families of sockets (linux/socket.h). */
export const families = { unix: 1, inet: 2, inet6: 10, netlink: 16 } as const;

const [eperm, enosys, eafnosupport] = [1, 38, 97];

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET; CLONE_NEWTIME shares its bit with the signal's number. */
const newNamespaces = 0x7e020000;

/** What puts words into a terminal's input: TIOCSTI, TIOCLINUX. */
const terminalRequests = [0x5412, 0x541c];

/** Codes of the kernel's filter machine (linux/bpf_common.h), and where seccomp has what it looks at (linux/seccomp.h). */
const [load, jumpEqual, jumpSet, jumpAtLeast, finish] = [0x20, 0x15, 0x45, 0x35, 0x06];
const place = { call: 0, processor: 4, argument: (index: number) => 16 + 8 * index };
const allow = 0x7fff0000;
const errno = (number: number): number => 0x00050000 | number;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/**
 * A filter of system calls, as `bwrap --seccomp` reads it: what is refused ends with an error and not with the process, as
 * programs look whether they may. Undefined for a processor whose numbers are not known here.
 * @param sockets families of sockets that can be made.
 */
export function seccompFilter(sockets: readonly number[], platform: string): Uint8Array | undefined {
  const index = processors.findIndex((each) => each.platform === platform);
  const known = processors[index];
  if (known === undefined) return undefined;
  const numbers = Object.values(refused).flatMap((each) => each[index] ?? []);
  const refuse = (number: number, error: number): Instruction[] => [
    [jumpEqual, 0, 1, number],
    [finish, 0, 0, errno(error)],
  ];
  /** Instructions that see the low half of an argument of one call; then the call's number is back. */
  const within = (number: number, argument: number, body: readonly Instruction[]): Instruction[] => [
    [jumpEqual, 0, body.length + 2, number],
    [load, 0, 0, place.argument(argument)],
    ...body,
    [load, 0, 0, place.call],
  ];
  return encode([
    [load, 0, 0, place.processor],
    [jumpEqual, 1, 0, known.audit],
    [finish, 0, 0, errno(enosys)],
    [load, 0, 0, place.call],
    // x32: the same calls by other numbers.
    ...(platform === 'linux/amd64'
      ? ([
          [jumpAtLeast, 0, 1, 0x40000000],
          [finish, 0, 0, errno(enosys)],
        ] as const)
      : []),
    ...numbers.flatMap((number) => refuse(number, eperm)),
    // Its flags lie in memory, where no filter looks: C's library then takes the older one.
    ...refuse(known.clone3, enosys),
    ...within(known.clone, 0, [
      [jumpSet, 0, 1, newNamespaces],
      [finish, 0, 0, errno(eperm)],
    ]),
    ...within(
      known.ioctl,
      1,
      terminalRequests.flatMap((request) => refuse(request, eperm)),
    ),
    ...within(known.socket, 0, [
      ...sockets.map((family, at): Instruction => [jumpEqual, sockets.length - at, 0, family]),
      [finish, 0, 0, errno(eafnosupport)],
    ]),
    [finish, 0, 0, allow],
  ]);
}

/** `struct sock_filter`, in the order of bytes that both processors have. */
function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8 * program.length));
  for (const [index, [code, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.setUint16(8 * index, code, true);
    bytes.setUint8(8 * index + 2, ifTrue);
    bytes.setUint8(8 * index + 3, ifFalse);
    bytes.setUint32(8 * index + 4, value, true);
  }
  return new Uint8Array(bytes.buffer);
}
