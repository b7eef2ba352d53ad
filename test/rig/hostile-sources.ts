import type { TestCommit } from './repository.ts';

/** What tells a secret, by where it stands on the machine: each has words of its own, so that a leak says which it was. */
export interface Outside {
  /** A folder that is no input of any task. Absolute. */
  readonly folder: string;
  /** The files in it. */
  readonly files: Readonly<Record<string, string>>;
}

/** A secret's own word; no part of a name of a file. */
export const secretOf = (name: string): string => `hidden${name}word`;

export function outsideIn(folder: string): Outside {
  return {
    folder,
    files: {
      'victim/go.mod': 'module victim.example\n\ngo 1.21\n',
      'victim/victim.go': `package victim\n\nconst Word = "${secretOf('victim')}"\n`,
      'plain/plain.go': `package plain\n\nconst Word = "${secretOf('plain')}"\n`,
      id_key: `${secretOf('key')} more of it\n`,
      'more.go': `package main\n\nfunc init() { println("${secretOf('more')}") }\n`,
      'modules.txt': `# ${secretOf('list')}.example v1.0.0\n`,
      'filter.sh': `#!/bin/sh\necho ran >>${folder}/marks\ncat\n`,
    },
  };
}

const main = 'package main\n\nfunc main() {}\n';
const goMod = (name: string) => `module ${name}.example\n\ngo 1.21\n`;
const link = (target: string) => ({ kind: 'link', target }) as const;

/** Sources that want what is outside, by the trick's name; `leaks`: the secret's words come out where there is no sandbox. */
export function hostileSources({
  folder,
}: Outside): Readonly<Record<string, { readonly leaks: boolean; readonly files: TestCommit['files'] }>> {
  const victim = `${folder}/victim`;
  const imports = 'package main\n\nimport "victim.example"\n\nfunc main() { println(victim.Word) }\n';
  const replaced = (path: string) =>
    `${goMod('tool')}\nrequire victim.example v0.0.0\n\nreplace victim.example => ${path}\n`;
  return {
    'replace-absolute': { leaks: true, files: { 'go.mod': replaced(victim), 'main.go': imports } },
    // However deep a checkout lies: beyond the root of all, `..` leads nowhere else.
    'replace-relative': {
      leaks: true,
      files: { 'go.mod': replaced(`${'../'.repeat(30)}${victim.slice(1)}`), 'main.go': imports },
    },
    workspace: {
      leaks: false,
      files: {
        'go.mod': `${goMod('tool')}\nrequire victim.example v0.0.0\n`,
        'go.work': `go 1.21\n\nuse (\n\t.\n\t${victim}\n)\n`,
        'main.go': imports,
      },
    },
    'assembler-include': {
      leaks: true,
      files: {
        'go.mod': goMod('tool'),
        'main.go': 'package main\n\nfunc add()\n\nfunc main() { add() }\n',
        'add.s': `#include "${folder}/id_key"\n`,
      },
    },
    'source-by-link': {
      leaks: true,
      files: { 'go.mod': goMod('tool'), 'main.go': main, 'more.go': link(`${folder}/more.go`) },
    },
    'package-by-link': {
      leaks: true,
      files: {
        'go.mod': goMod('tool'),
        'main.go': 'package main\n\nimport "tool.example/plain"\n\nfunc main() { println(plain.Word) }\n',
        plain: link(`${folder}/plain`),
      },
    },
    'embed-by-link': {
      leaks: false,
      files: {
        'go.mod': goMod('tool'),
        'main.go':
          'package main\n\nimport _ "embed"\n\n//go:embed key\nvar key string\n\nfunc main() { println(key) }\n',
        key: link(`${folder}/id_key`),
      },
    },
    'embed-below-link': {
      leaks: false,
      files: {
        'go.mod': goMod('tool'),
        'main.go':
          'package main\n\nimport _ "embed"\n\n//go:embed keys/id_key\nvar key string\n\nfunc main() { println(key) }\n',
        keys: link(folder),
      },
    },
    'cgo-flags': {
      leaks: false,
      files: {
        'go.mod': goMod('tool'),
        'main.go': main,
        'c.go': `package main\n\n// #cgo CFLAGS: -I${folder} -include ${folder}/id_key\n// #cgo LDFLAGS: @${folder}/id_key\nimport "C"\n`,
      },
    },
    generate: {
      leaks: false,
      files: {
        'go.mod': goMod('tool'),
        'main.go': `package main\n\n//go:generate ${folder}/filter.sh\n\nfunc main() {}\n`,
      },
    },
    'repository-tricks': {
      leaks: false,
      files: {
        'go.mod': goMod('tool'),
        'main.go': main,
        '.gitattributes': '* filter=evil diff=evil export-subst ident\n',
        '.gitconfig': `[filter "evil"]\n\tsmudge = ${folder}/filter.sh\n[core]\n\tfsmonitor = ${folder}/filter.sh\n`,
        '.gitmodules': `[submodule "a"]\n\tpath = a\n\turl = file://${folder}\n[submodule "b"]\n\tpath = b\n\turl = ext::${folder}/filter.sh\n`,
        '.githooks/post-checkout': {
          kind: 'file',
          content: `#!/bin/sh\n${folder}/filter.sh\n`,
          executable: true,
        },
        '.go-version': link(`${folder}/id_key`),
        LICENSE: link(`${folder}/id_key`),
      },
    },
    'vendored-list-by-link': {
      leaks: false,
      files: {
        'go.mod': `${goMod('tool')}\nrequire gone.example v1.0.0\n`,
        'main.go': main,
        'vendor/modules.txt': link(`${folder}/modules.txt`),
      },
    },
  };
}
