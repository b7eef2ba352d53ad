import { lstat, open, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { findProgram } from './program-path.ts';

/**
 * Where packages of a distribution put what programs are made of besides themselves: libraries, helpers, data, headers. Where programs
 * lie is not among it: those that are seen are named.
 */
const packageFolders = [
  ...['/usr/lib', '/usr/lib32', '/usr/lib64', '/usr/libx32', '/usr/libexec', '/usr/share', '/usr/include'],
  ...['/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/gnu/store'],
  ...['/etc/alternatives', '/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d'],
];

/** Names that a system without a split of `/usr` has for folders in it. */
const mergedFolders = ['/bin', '/sbin', '/usr/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

export interface SystemParts {
  /** Folders and files. */
  readonly reads: readonly string[];
  /** Links, and where they lead. */
  readonly links: readonly (readonly [at: string, target: string])[];
}

let system: Promise<SystemParts> | undefined;

/** What all programs of this machine share. Found once. */
export function systemParts(): Promise<SystemParts> {
  system ??= findSystemParts();
  return system;
}

async function findSystemParts(): Promise<SystemParts> {
  const links: (readonly [string, string])[] = [];
  for (const at of mergedFolders) {
    const target = await readlink(at).catch(() => undefined);
    if (target !== undefined) links.push([at, target]);
  }
  const linked = new Set(links.map(([at]) => at));
  return { reads: packageFolders.filter((folder) => !linked.has(folder)), links };
}

const known = new Map<string, Promise<readonly string[]>>();

/**
 * What has to be seen for a program to run: itself, by every name on the way from that which it was found by to its real one, what
 * interprets it, and libraries of its own, which lie beside the folder that it is in (`/opt/tool/lib` of `/opt/tool/bin/tool`). Never
 * what cannot be executed: who writes a program may not have a file shown by naming it.
 * @param path absolute. @param searchPath where `#!/usr/bin/env` finds programs.
 */
export function programParts(path: string, searchPath: string): Promise<readonly string[]> {
  const name = `${path}\n${searchPath}`;
  const parts = known.get(name) ?? findParts(path, searchPath, 4);
  known.set(name, parts);
  return parts;
}

async function findParts(path: string, searchPath: string, depth: number): Promise<readonly string[]> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined || depth === 0) return [];
  const own = /^(?<prefix>.+)\/s?bin\/[^/]+$/.exec(real)?.groups?.['prefix'] ?? '/usr';
  const beside = own === '/usr' ? [] : ['lib', 'lib64', 'libexec'].map((folder) => join(own, folder));
  const there = [];
  for (const folder of beside) if (await lstat(folder).catch(() => undefined)) there.push(folder);
  const names = await Promise.all([path, ...(await linksFrom(path))].map(withoutSystemLinks));
  const parts = [...names, real, ...there];
  for (const interpreter of await interpretersOf(real, searchPath))
    parts.push(...(await findParts(interpreter, searchPath, depth - 1)));
  return [...new Set(parts)];
}

/** The path by which a sandbox has a file: `/usr/bin/sh` for `/bin/sh`, where the one is a link to the other. */
async function withoutSystemLinks(path: string): Promise<string> {
  const { links } = await systemParts();
  if (!links.some(([at]) => path.startsWith(`${at}/`))) return path;
  return join(await realpath(dirname(path)), basename(path));
}

/** Where a link leads, and where that does. */
async function linksFrom(path: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let at = path; found.length < 8; ) {
    const target = await readlink(at).catch(() => undefined);
    if (target === undefined) break;
    at = resolve(dirname(at), target);
    found.push(at);
  }
  return found;
}

/** What a script's first line names: `#!/bin/sh -e`, `#!/usr/bin/env -S python3 -u`. */
async function interpretersOf(file: string, searchPath: string): Promise<readonly string[]> {
  const line = await firstLine(file);
  if (!line.startsWith('#!')) return [];
  const [named = '', ...words] = line.slice(2).trim().split(/\s+/);
  const program = isAbsolute(named) ? await findProgram(named, '', '/') : undefined;
  if (program === undefined) return [];
  if (basename(program) !== 'env') return [program];
  const name = words.find((word) => !word.startsWith('-') && !word.includes('='));
  const found = name === undefined ? undefined : await findProgram(name, searchPath, '/');
  return found === undefined ? [program] : [program, found];
}

async function firstLine(file: string): Promise<string> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.toString('latin1', 0, bytesRead).split('\n')[0] ?? '';
  } finally {
    await handle.close();
  }
}
