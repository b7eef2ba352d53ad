import type { Diagnostic } from '../core/diagnostic.ts';
import { locate } from '../core/diagnostic.ts';
import { bundleEnding } from './layout.ts';
import type { SiteFile } from './site-file.ts';
import { about } from './site-folder.ts';

/** Files of a release, by path below the site's root, and the texts of those that hold sums. */
interface Summed {
  readonly files: ReadonlyMap<string, SiteFile>;
  readonly texts: ReadonlyMap<string, string>;
}

const algorithms = ['sha256', 'sha512'] as const;
type Algorithm = (typeof algorithms)[number];

const inWords = { sha256: 'SHA-256', sha512: 'SHA-512' } as const;

/** Whether a file holds sums: a list of them, or that of the file beside it. */
export function holdsSums(path: string): boolean {
  return algorithmOf(path) !== undefined;
}

/**
 * Compares files with the sums that a site has of them: every line of the lists, every file beside a file. Complaints, at the line
 * where there is one; also of a file that a list does not name, or that has no sum beside it, but for what upstream has no sums of.
 */
export function complaintsOfSums(
  { files, texts }: Summed,
  shown: (path: string) => string,
): readonly Diagnostic[] {
  const complaints: Diagnostic[] = [];
  const listed = { sha256: new Set<string>(), sha512: new Set<string>() };
  for (const [path, text] of texts) {
    const algorithm = algorithmOf(path);
    if (algorithm === undefined) throw new Error(`${path} holds no sums`);
    const isList = isListOf(path);
    const folder = path.slice(0, path.lastIndexOf('/'));
    const subject = path.slice(0, -`.${algorithm}`.length);
    let offset = 0;
    const complain = (line: string, message: string): void => {
      complaints.push({
        severity: 'error',
        message,
        location: locate(shown(path), text, offset, offset + line.length),
      });
    };
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    if (lines.length === 0) complaints.push(about(shown(path), 'holds no sum'));
    for (const line of lines) {
      const [, sum, name = ''] = shapes[algorithm].exec(line) ?? [];
      // A file's own sum has its name from the folder of the version on.
      const named = isList ? `${folder}/${name}` : subject.endsWith(`/${name}`) ? subject : undefined;
      const file = named === undefined ? undefined : files.get(named);
      if (sum === undefined)
        complain(line, `expected the ${inWords[algorithm]} of a file, two blanks and its path`);
      else if (file === undefined) complain(line, `there is no such file as ${name} here`);
      else if (file[algorithm] !== sum)
        complain(line, `${name} has another ${inWords[algorithm]}: ${file[algorithm]}`);
      if (isList && named !== undefined) listed[algorithm].add(named);
      offset += line.length + 1;
    }
    if (!isList && lines.length > 1) complain('', 'expected one line');
  }
  const summed = [...files.keys()].filter((path) => isListOf(path) || (!holdsSums(path) && hasSums(path)));
  const unlisted = algorithms.flatMap((algorithm) =>
    summed
      .filter((path) => !isListOf(path) && !listed[algorithm].has(path))
      .map((path) => about(shown(path), `is in no ${algorithm.toUpperCase()}SUM`)),
  );
  const alone = algorithms.flatMap((algorithm) =>
    summed
      .filter((path) => !files.has(`${path}.${algorithm}`))
      .map((path) =>
        about(
          shown(`${path}.${algorithm}`),
          `is not there: a site has the ${inWords[algorithm]} of each file`,
        ),
      ),
  );
  return [...complaints, ...unlisted, ...alone];
}

/** Whether upstream has sums of a file that holds none, or a list: not of what only tells of others. */
export function hasSums(path: string): boolean {
  return !isBundle(path) && !/(^|\/)ATTRIBUTION\.txt$|\.docker_(tag|image_name)$/.test(path);
}

/** Whether a file has signed statements: they come after what they speak of, and say its hash. */
export function isBundle(path: string): boolean {
  return path.endsWith(bundleEnding);
}

const shapes: Readonly<Record<Algorithm, RegExp>> = {
  sha256: /^([0-9a-f]{64}) {2}(\S.*)$/,
  sha512: /^([0-9a-f]{128}) {2}(\S.*)$/,
};

function isListOf(path: string): boolean {
  return /(^|\/)SHA(256|512)SUM$/.test(path);
}

function algorithmOf(path: string): Algorithm | undefined {
  return algorithms.find((each) => path.endsWith(`.${each}`) || path.endsWith(`/${each.toUpperCase()}SUM`));
}
