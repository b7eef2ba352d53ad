import coerce from 'semver/functions/coerce.js';
import parse from 'semver/functions/parse.js';
import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import type { Condition } from '../config/project/condition.ts';
import { baseFamily } from './base-family.ts';

/** What a condition is held against. */
export interface Subject {
  /** `v3.5.13` */
  readonly tag: string;
  /** RFC 3339: the committer date of the commit of EKS-D that the pins were read from. */
  readonly date: string;
  /** `1-30` */
  readonly branch: string;
}

/** Whether every member of a condition holds; a recipe without one always applies. */
export function holds(condition: Condition | undefined, subject: Subject): boolean {
  if (condition?.version !== undefined && !inRange(tagVersion(subject.tag), condition.version)) return false;
  if (condition?.branch !== undefined && !inRange(branchVersion(subject.branch), condition.branch))
    return false;
  if (condition?.base !== undefined && baseFamily(subject.branch, subject.date) !== condition.base)
    return false;
  const time = Date.parse(subject.date);
  if (condition?.from !== undefined && time < Date.parse(condition.from)) return false;
  return condition?.before === undefined || time < Date.parse(condition.before);
}

/** Whether a text is a range that semver reads. */
export function isRange(text: string): boolean {
  return validRange(text) !== null;
}

function inRange(version: string, range: string): boolean {
  return satisfies(version, range, { includePrerelease: true });
}

/** `1.30.0` of `1-30`. */
function branchVersion(branch: string): string {
  return `${branch.replace('-', '.')}.0`;
}

/** The version in a tag: `3.5.13` of `v3.5.13`, `0.7.18-cvefix` of `v0.7.18-cvefix`; `0.0.0` where there is none. */
function tagVersion(tag: string): string {
  return parse(tag, { loose: true })?.version ?? coerce(tag)?.version ?? '0.0.0';
}
