import { digestOf } from '../../core/digest.ts';
import { visible } from '../../core/visible.ts';

/** What Windows takes for a device, and what leads elsewhere or is hidden. Without capitals, which are escaped by then. */
const strange = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)|^\.|\.$/;

/** Characters of a part: file systems take 255, and endings come behind it. */
const longest = 200;

/**
 * A name, as it is shown, as a path below the atlas, which every file system takes and which a URL says as it is written. What is not plain
 * is escaped as in a URL; so are capitals, since names that differ in nothing else would be one file on Windows and macOS; and so is the beginning of what is plain and means something else; of what is too long stands the beginning, with a hash.
 */
export function encodePath(name: string): string {
  return name.split('/').map(visible).map(encodePart).join('/');
}

function encodePart(part: string): string {
  const escaped = part.replace(/[^a-z0-9._+-]/gu, percent);
  if (escaped.length > longest) return `${escaped.slice(0, 120)}%-${digestOf(part).slice(0, 16)}`;
  if (escaped === '') return '%-';
  if (!strange.test(escaped)) return escaped;
  return `${percent(escaped.slice(0, 1))}${escaped.slice(1)}`.replace(/\.$/, '%2E');
}

function percent(found: string): string {
  return [...new TextEncoder().encode(found)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
