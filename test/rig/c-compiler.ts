import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Descriptor } from '../../orchestrator/core/oci.ts';
import { writeImageLayout } from './image-layout.ts';
import type { LayerMember } from './layer.ts';

/** What a compiler for a processor consists of in Debian 12, by the processor's name in the programs' names. */
const packages = {
  'aarch64-linux-gnu': [
    ...['gcc-12-aarch64-linux-gnu', 'cpp-12-aarch64-linux-gnu', 'binutils-aarch64-linux-gnu'],
    ...['libc6-dev-arm64-cross', 'libgcc-12-dev-arm64-cross', 'linux-libc-dev-arm64-cross'],
  ],
  'x86_64-linux-gnu': [
    ...['gcc-12', 'cpp-12', 'binutils-x86-64-linux-gnu', 'libbinutils', 'libctf0'],
    ...['libc6-dev', 'libgcc-12-dev', 'linux-libc-dev'],
    // What those programs link, which a machine without a gcc of its own has not.
    ...['libgmp10', 'libisl23', 'libmpc3', 'libmpfr6', 'libzstd1', 'zlib1g', 'libjansson4'],
  ],
};

/** Of those packages, what a static program in C takes. */
const kept = [
  /^usr\/bin\/(x86_64|aarch64)-linux-gnu-(gcc-12|as|ld\.bfd)$/,
  /^usr\/(lib|libexec)\/gcc(-cross)?\/[^/]+\/12\/(cc1|collect2|liblto_plugin\.so|crt[^/]*\.o|libgcc(_eh)?\.a|include\/.*)$/,
  /^usr(\/[^/]+)?\/lib\/([^/]+\/)?(libc\.a|crt[^/]*\.o)$/,
  /^usr(\/[^/]+)?\/include\/(?!(rdma|sound|drm|misc|mtd|video|xen|scsi)\/).*\.h$/,
];

/** Where gcc looks for its parts. */
const links = [
  ['usr/bin/as', 'x86_64-linux-gnu-as'],
  ['usr/bin/ld', 'x86_64-linux-gnu-ld.bfd'],
  ['usr/aarch64-linux-gnu/bin/as', '../../bin/aarch64-linux-gnu-as'],
  ['usr/aarch64-linux-gnu/bin/ld', '../../bin/aarch64-linux-gnu-ld.bfd'],
] as const;

/** What the programs are called in the image, on a processor of the x86-64 kind. */
export const compilerNames = {
  'linux/amd64': 'x86_64-linux-gnu-gcc-12',
  'linux/arm64': 'aarch64-linux-gnu-gcc-12',
};

/**
 * Writes an image layout with gcc for both processors, out of Debian's packages, which are not installed; without a shell.
 * Gives what its `index.json` names. @param leaveOut says what is not put in.
 */
export function writeCompiler(folder: string, leaveOut: RegExp = /^$/): Descriptor {
  const root = unpackCompilers(`${folder}.packages`);
  const files = filesBelow(root).filter(
    (path) => kept.some((pattern) => pattern.test(path)) && !leaveOut.test(path),
  );
  const programs = files.filter((path) => /\/(cc1|collect2|[^/]*-(gcc-12|as|ld\.bfd))$/.test(path));
  const libraries = new Map(programs.flatMap((path) => librariesOf(join(root, path), root)));
  const members = [
    ...files.map((path) => memberOf(root, path)),
    ...[...libraries].map(
      ([path, from]): LayerMember => ({ path, content: readFileSync(from), mode: 0o755 }),
    ),
    ...links.map(([path, symbolicLink]) => ({ path, symbolicLink })),
    { path: 'tmp/', mode: 0o1777 },
  ];
  const env = ['PATH=/usr/bin', 'LD_LIBRARY_PATH=/lib'];
  return writeImageLayout(folder, { layers: [members], config: { Env: env }, isPlain: true });
}

/** Debian's packages, unpacked. What is there already is not fetched again. */
function unpackCompilers(folder: string): string {
  const root = join(folder, 'root');
  if (existsSync(root)) return root;
  mkdirSync(root, { recursive: true });
  const apt = ['-qq', '-o', 'APT::Sandbox::User=root', 'download'];
  execFileSync('apt-get', [...apt, ...Object.values(packages).flat()], { cwd: folder, stdio: 'pipe' });
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    execFileSync('dpkg-deb', ['--extract', join(folder, file), root]);
  }
  return root;
}

function filesBelow(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

/** Links among what is kept become files of their own. */
function memberOf(root: string, path: string): LayerMember {
  const file = join(root, path);
  return { path, content: readFileSync(file), mode: statSync(file).mode & 0o7777 };
}

function librariesOf(file: string, root: string): readonly (readonly [path: string, from: string])[] {
  if (!lstatSync(file).isFile()) return [];
  const own = ['usr/lib', 'lib'].map((folder) => join(root, folder, 'x86_64-linux-gnu'));
  const env = { PATH: process.env['PATH'], LD_LIBRARY_PATH: own.join(':') };
  const said = execFileSync('ldd', [file], { env, encoding: 'utf8' });
  const missing = /^\s*(\S+) => not found$/m.exec(said)?.[1];
  if (missing !== undefined) throw new Error(`${basename(file)} links ${missing}, which no package here has`);
  return [...said.matchAll(/(\/\S+) \(0x/g)].map(([, library = '']) => [
    library.includes('ld-linux') ? library.slice(1) : join('lib', basename(library)),
    library,
  ]);
}
