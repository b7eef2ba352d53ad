import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { type Digest, digestOf } from '../../core/digest.ts';
import { ok } from '../../core/result.ts';
import type { LicenseClassifier, LicenseComment } from './classifier.ts';
import type { IdentifiedText } from './text.ts';

/** Files that are read without a break: in turns of the event loop each of thousands would take longer than its content does. */
const atOnce = 64;

/** Bytes: what is shorter in a source file counts for nothing (`task/licenses/licensecheck/identify.go`). */
const shortest = 400;

/** One of these is in every licence that licensecheck v0.3.1 knows (its licenses/*.lre). */
const legalWord = /licen[cs]|copyright|permission|warrant|distribut/i;

/**
 * A classifier that asks another one about each content once, and not about source files in whose comments no licence can be:
 * the same files are in most projects and for every platform, and licensecheck takes longer to get ready than to read them.
 * @throws system errors of reading.
 */
export function rememberLicenses(classifier: LicenseClassifier): LicenseClassifier {
  const knownTexts = new Map<Digest, IdentifiedText>();
  const knownSources = new Map<Digest, readonly LicenseComment[]>();
  return {
    async identify(texts, sources, signal) {
      const newTexts = new Map<Digest, string>();
      const textDigests = await readEach(texts, (digest, path) => {
        if (!knownTexts.has(digest) && !newTexts.has(digest)) newTexts.set(digest, path);
      });
      const newSources = new Map<Digest, string>();
      const sourceDigests = await readEach(sources, (digest, path, content) => {
        if (knownSources.has(digest) || newSources.has(digest)) return;
        if (mayHoldLicense(content)) newSources.set(digest, path);
        else knownSources.set(digest, []);
      });
      if (newTexts.size > 0 || newSources.size > 0) {
        const asked = [[...newTexts.values()], [...newSources.values()]] as const;
        const found = await classifier.identify(...asked, signal);
        if (!found.ok) return found;
        for (const [at, digest] of [...newTexts.keys()].entries()) {
          knownTexts.set(digest, found.value.texts[at] as IdentifiedText);
        }
        const comments = new Map<string, LicenseComment[]>();
        for (const comment of found.value.comments) {
          comments.set(comment.path, [...(comments.get(comment.path) ?? []), comment]);
        }
        for (const [digest, path] of newSources) knownSources.set(digest, comments.get(path) ?? []);
      }
      return ok({
        texts: texts.map((path, at) => {
          return { ...(knownTexts.get(textDigests[at] as Digest) as IdentifiedText), path };
        }),
        comments: sources.flatMap((path, at) => {
          const comments = knownSources.get(sourceDigests[at] as Digest) ?? [];
          return comments.map((comment) => ({ ...comment, path }));
        }),
      });
    },
  };
}

/** Gives the digests, in the order of the paths. */
async function readEach(
  paths: readonly string[],
  onContent: (digest: Digest, path: string, content: Buffer) => void,
): Promise<readonly Digest[]> {
  const digests: Digest[] = [];
  for (const [at, path] of paths.entries()) {
    if (at % atOnce === atOnce - 1) await setImmediate();
    const content = readFileSync(path);
    const digest = digestOf(content);
    digests.push(digest);
    onContent(digest, path, content);
  }
  return digests;
}

/** At the beginning of a line; before it whatever is white or may be part of a white character. */
const comment = /^[\s\x80-\xff]*(\/\/|\/\*)/;

/**
 * Whether a run of lines that may be comments is as long as a licence, and speaks of one. More lines are taken for comments than
 * the program takes (`task/licenses/licensecheck/comment.go`): so nothing is missed.
 */
export function mayHoldLicense(content: Buffer): boolean {
  if (content.length < shortest) return false;
  const text = content.toString('latin1');
  let isOpen = false;
  let start: number | undefined;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at) + 1 || text.length;
    const line = text.slice(at, end);
    const [, marks] = comment.exec(line) ?? [];
    const opens = marks === '/*';
    const isComment = isOpen || marks !== undefined;
    if (isOpen || opens) isOpen = !line.includes('*/');
    if (isComment) start ??= at;
    else if (start !== undefined) {
      if (isLegal(text, start, at)) return true;
      start = undefined;
    }
    at = end;
  }
  return start !== undefined && isLegal(text, start, text.length);
}

function isLegal(text: string, start: number, end: number): boolean {
  return end - start >= shortest && legalWord.test(text.slice(start, end));
}
