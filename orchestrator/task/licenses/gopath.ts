import { join } from 'node:path';
import { textWithin } from '../source/within.ts';
import type { LinkedModule } from './linked-package.ts';

/** Says which module a package is of that was found by a GOPATH, where the go command knows of none. */
export type FindModule = (importPath: string) => {
  readonly importPath: string;
  readonly module: LinkedModule;
};

/**
 * Reads it off go.mod and `vendor/modules.txt`, which a checkout has all the same. In a GOPATH, a vendored package has the
 * name of the folder in front: `k8s.io/kubernetes/vendor/a.b/c`.
 * @param folder of the checkout's module.
 */
export async function readGopathModules(folder: string): Promise<FindModule> {
  const [list = '', goMod = ''] = await Promise.all(
    [join('vendor', 'modules.txt'), 'go.mod'].map((file) => textWithin(folder, file)),
  );
  const path = /^module\s+"?([^\s"]+)/m.exec(goMod)?.[1];
  const vendored = list.split('\n').flatMap((line): readonly LinkedModule[] => {
    const match = /^# (\S+) (v\S+)(?: => (\S+)(?: (v\S+))?)?$/.exec(line.trimEnd());
    if (match === null) return [];
    const [, name = '', version = '', other, otherVersion = ''] = match;
    const replace = other === undefined ? undefined : { path: other, version: otherVersion };
    return [{ path: name, version, isMain: false, replace }];
  });
  return (full) => {
    const [, behind] = /^.*\/vendor\/(.+)$/.exec(full) ?? [];
    const importPath = behind ?? full;
    const candidates =
      behind === undefined && path !== undefined
        ? [{ path, version: '', isMain: true, replace: undefined }]
        : vendored;
    const module = candidates
      .filter((each) => importPath === each.path || importPath.startsWith(`${each.path}/`))
      .sort((a, b) => b.path.length - a.path.length)[0];
    if (module === undefined) throw new TypeError(`nothing in the checkout names the module of ${full}`);
    return { importPath, module };
  };
}
