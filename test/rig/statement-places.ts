import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Party, sha, signedText } from './signed-statements.ts';

interface Statement {
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: string;
}

const kinds: Readonly<Record<string, string>> = {
  'urn:eksd-rebuild:equivalence:1': 'equivalence',
  'https://slsa.dev/provenance/v1': 'provenance',
  'https://slsa.dev/verification_summary/v1': 'summary',
};

/** A rebuilder's files by path, as `attest` lays them out: by digest, and a list of all. @param by undefined: nobody signs. */
export function placeFiles(
  by: Party | undefined,
  statements: readonly Statement[],
  release = 'v1-30-eks-5',
): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  const rows = statements.map((statement) => {
    const text = by === undefined ? JSON.stringify(statement) : signedText(by, statement);
    const [subject] = statement.subject;
    if (subject === undefined) throw new Error('a statement has a subject');
    const { name, digest } = subject;
    const beginning = `sha256/${digest.sha256}/${kinds[statement.predicateType]}`;
    const ending = by === undefined ? 'intoto.json' : 'sigstore.json';
    const [path = ''] = [...Array(9).keys()]
      .map((at) => `${beginning}${at === 0 ? '' : `-${at + 1}`}.${ending}`)
      .filter((each) => !files.has(each));
    files.set(path, Buffer.from(text));
    const { predicateType } = statement;
    return { subject: { name, sha256: digest.sha256 }, predicateType, path, sha256: sha(text) };
  });
  files.set('index.json', Buffer.from(JSON.stringify({ version: 1, release, statements: rows })));
  return files;
}

export function writePlace(folder: string, files: ReadonlyMap<string, Uint8Array | string>): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
