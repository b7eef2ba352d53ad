import { err, ok, type Result } from '../../core/result.ts';
import type { ImageUser } from '../../plan/node-image.ts';

/** The texts of /etc/passwd and /etc/group (passwd(5), group(5)). */
export interface UserFiles {
  readonly passwd: string;
  readonly group: string;
}

/**
 * Adds users, each with a group of its own name where no group has its number. One that is there already stays as it is.
 * Gives a sentence's end on what is wrong where a name or number is another's.
 */
export function addUsers(files: UserFiles, users: readonly ImageUser[]): Result<UserFiles, string> {
  const passwd = linesOf(files.passwd);
  const group = linesOf(files.group);
  for (const { name, uid, gid, home, shell } of users) {
    const same = passwd.map(fieldsOf).find((fields) => fields[0] === name || fields[2] === String(uid));
    if (same === undefined) passwd.push(`${name}:x:${uid}:${gid}::${home}:${shell}`);
    else if (same[0] !== name || same[2] !== String(uid) || same[3] !== String(gid)) {
      return err(`user ${name} (${uid}:${gid}) is at odds with "${same.join(':')}" of the base`);
    }
    const groups = group.map(fieldsOf);
    const taken = groups.find((fields) => fields[0] === name && fields[2] !== String(gid));
    if (taken !== undefined)
      return err(`group ${name} (${gid}) is at odds with "${taken.join(':')}" of the base`);
    if (!groups.some((fields) => fields[2] === String(gid))) group.push(`${name}:x:${gid}:`);
  }
  return ok({ passwd: textOf(passwd), group: textOf(group) });
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function fieldsOf(line: string): readonly string[] {
  return line.split(':');
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
