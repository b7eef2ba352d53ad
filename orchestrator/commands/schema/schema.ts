import { join } from 'node:path';
import { exitCode } from '../../core/exit-code.ts';
import type { Host } from '../../host.ts';
import { readSource } from '../../tool/file/read-file.ts';
import type { GlobalOptions } from '../../workspace/workspace.ts';
import { schemas } from './schemas.ts';

/** `eksd-rebuild schema [NAME]`: a JSON schema as it comes with the program; without a name, a line for each: its name and title. */
export async function schema(
  name: string | undefined,
  _options: GlobalOptions,
  { packageFolder, stdout }: Host,
): Promise<number> {
  const width = Math.max(...Object.keys(schemas).map((each) => each.length));
  for (const [each, path] of Object.entries(schemas)) {
    if (name !== undefined && name !== each) continue;
    const text = await readSource(join(packageFolder, path));
    stdout.write(name === undefined ? `${each.padEnd(width)}  ${JSON.parse(text).title}\n` : text);
  }
  return exitCode.identical;
}
