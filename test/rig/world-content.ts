import { digestOf } from '../../orchestrator/core/digest.ts';
import { fakeProgram } from './fake-go.ts';
import type { TestCommit } from './repository.ts';

/**
 * What a test's world has in it. Three projects: `org/tool` (one program, one patch, two platforms), `org/kit` (two programs
 * by a pattern, a module, windows too) and `org/bare`, for which there is no recipe.
 */
export const release = 'v1-30-eks-5';

/** Of the person who works in the world, and of the package. */
export const settings: Readonly<Record<string, string>> = {
  'package/package.json': '{ "name": "eksd-rebuild", "version": "0.0.0" }\n',
  'home/.gitconfig': '',
  // Nothing listens there: neither Go's site nor a registry is asked. The go command is a script that writes what it was asked for
  // into the world's folder, which a sandbox would not show it.
  'home/.config/eksd-rebuild/settings.yaml': `toolchains: { downloads: ./no-site }
mirrors: { public.ecr.aws/: 127.0.0.1:1/ }
sandbox: { use: never }
`,
  'root/eksd-rebuild.yaml': `upstream: https://git.example/upstream.git
buildTooling: https://git.example/build-tooling.git
sources: https://git.example/{org}/{repo}.git
mirrors:
  https://git.example/: ../git/
`,
  'root/projects/org/tool/project.yaml': `schema: 1
description: One program with a patch
builds:
  - programs:
      - package: ./cmd/tool
    stamps:
      main.version: '{tag}'
`,
  'root/projects/org/kit/project.yaml': `schema: 1
description: Two programs of one module
builds:
  - programs:
      - package: ./tools/*
`,
};

export const sources: Readonly<Record<string, readonly TestCommit[]>> = {
  'org/tool': [
    {
      files: { 'go.mod': 'module tool.example\n', 'cmd/tool/main.go': 'package main\n\n// one\n' },
      lightweightTags: ['v1.0.0'],
    },
  ],
  'org/kit': [
    {
      files: {
        'go.mod': 'module kit.example\n\nrequire example.com/m v1.0.0\n',
        'tools/hammer/main.go': 'package main\n\n// hammer\n',
        'tools/saw/main.go': 'package main\n\n// saw\n',
        'tools/README': 'no program\n',
      },
      tags: ['v2.0.0'],
    },
  ],
};

/** A patch of one line of a file, as `git format-patch` writes it. */
export function patchOf(path: string, before: string, after: string): string {
  return `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: Test Author <author@test.example>
Date: Fri, 10 May 2024 01:02:03 +0000
Subject: [PATCH] Change a line

---
diff --git a/${path} b/${path}
--- a/${path}
+++ b/${path}
@@ -3 +3 @@
-${before}
+${after}
--
2.39.5
`;
}

const plain = '-s -w -buildid= -extldflags -static';

/** A line of CHECKSUMS. */
export function checksumLine(repo: string, platform: string, name: string, content: string): string {
  return `${digestOf(content)}  _output/1-30/bin/${repo}/${platform.replace('/', '-')}/${name}\n`;
}

const patched = 'package main\n\n// two\n';

/** Upstream's files of `org/tool`, built by some Go; `source` is what the patches leave. */
export function toolPins({
  go = '1.20.5',
  source = patched,
  version = 'v1.0.0',
} = {}): Readonly<Record<string, string>> {
  const lines = ['linux/amd64', 'linux/arm64'].map((platform) => {
    const ldflags = `${plain} -X main.version=${version}`;
    return checksumLine('tool', platform, 'tool', fakeProgram({ go, platform, ldflags, source }));
  });
  return {
    ...pinsOf('org/tool', 'v1.0.0', go, lines),
    'projects/org/tool/1-30/patches/0001-two.patch': patchOf('cmd/tool/main.go', '// one', '// two'),
  };
}

/** Upstream's files of `org/kit`, built by some Go. */
export function kitPins({ go = '1.21.3' } = {}): Readonly<Record<string, string>> {
  const lines = ['linux/amd64', 'windows/amd64'].flatMap((platform) =>
    ['hammer', 'saw'].map((name) => {
      const source = `package main\n\n// ${name}\n`;
      const file = platform.startsWith('windows') ? `${name}.exe` : name;
      return checksumLine('kit', platform, file, fakeProgram({ go, platform, ldflags: plain, source }));
    }),
  );
  return pinsOf('org/kit', 'v2.0.0', go, lines);
}

/** Upstream's files of a project. */
export function pinsOf(
  project: string,
  tag: string,
  go: string,
  checksums: readonly string[],
): Readonly<Record<string, string>> {
  const folder = `projects/${project}/1-30`;
  return {
    [`${folder}/GIT_TAG`]: `${tag}\n`,
    [`${folder}/GOLANG_VERSION`]: `${go.split('.').slice(0, 2).join('.')}\n`,
    [`${folder}/ATTRIBUTION.txt`]: `** golang.org/go; version go${go} --\nhttps://github.com/golang/go\n`,
    [`${folder}/CHECKSUMS`]: checksums.join(''),
  };
}

/** The first commit of upstream's repository. */
export const upstreamFiles: Readonly<Record<string, string>> = {
  EKS_DISTRO_MINIMAL_BASE_TAG_FILE: '2024-04-01\n',
  'release/1-30/production/RELEASE': '5\n',
  ...toolPins(),
  ...kitPins(),
  ...pinsOf('org/bare', 'v3.0.0', '1.21.3', [checksumLine('bare', 'linux/amd64', 'bare', 'bare')]),
};
