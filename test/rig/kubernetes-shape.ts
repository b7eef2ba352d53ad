import type { KubernetesEra } from '../../orchestrator/config/project/kubernetes.ts';
import { generatedPackage, generatingFiles } from './kubernetes-generated.ts';
import { licenseFiles, pauseFiles } from './kubernetes-pause.ts';
import { buildScripts } from './kubernetes-scripts.ts';
import type { TestCommit } from './repository.ts';

/** What a repository of Kubernetes' shape is made for. */
export interface Shape {
  readonly era: KubernetesEra;
  /** Whether its script gives `-trimpath` itself, and no path. */
  readonly trims: boolean;
  /** `v1.30.1`; the version before it, by number, is tagged as well. */
  readonly tag: string;
  /** The Go release, for go.mod: `1.22`. */
  readonly goRelease: string;
}

/** The programs of Linux; the first four are there for Windows, the first of them for macOS. */
export const programs = [
  'kubectl',
  'kubelet',
  'kube-proxy',
  'kubeadm',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
];

const generates = (era: KubernetesEra) => era === '1.18-1.19' || era === '1.20-1.23';
const hasWorkspace = (era: KubernetesEra) => era === '1.30-1.33' || era === '1.34-';
const staging = ['k8s.io/client-go', 'k8s.io/component-base'];

/**
 * Two commits, the second with the tag: a module `k8s.io/kubernetes`, two staging modules with variables for the version, a
 * third one in vendor, programs that print the version and where they were compiled, files that only a build tag brings in,
 * a program in C, licences; up to 1.23 a package that is not whole before a Makefile completed it.
 */
export function shapedHistory(shape: Shape): readonly TestCommit[] {
  const [, major = '', minor = '', patch = ''] = /^v([0-9]+)\.([0-9]+)\.([0-9]+)/.exec(shape.tag) ?? [];
  const before = `v${major}.${Number(minor) - (patch === '0' ? 1 : 0)}.${Math.max(0, Number(patch) - 1)}`;
  return [
    {
      files: { ...filesOf(shape), 'CHANGELOG/README.md': 'Nothing yet.\n' },
      tags: [before, `v${major}.${Number(minor) + 1}.0-alpha.0`],
      date: '2024-05-01T09:00:00+02:00',
    },
    {
      files: { 'CHANGELOG/README.md': `${shape.tag}\n` },
      tags: [shape.tag],
      date: '2024-05-15T09:05:12+02:00',
    },
  ];
}

/** A patch of that repository, as `git format-patch` writes it. */
export const shapedPatch = `From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001
From: Some Author <author@test.example>
Date: Mon, 20 Nov 2023 09:54:16 -0800
Subject: [PATCH] --EKS-PATCH-- Say something else

---
diff --git a/pkg/greeting/greeting.go b/pkg/greeting/greeting.go
--- a/pkg/greeting/greeting.go
+++ b/pkg/greeting/greeting.go
@@ -3 +3 @@
-const Text = "plain"
+const Text = "patched"
-- 
2.39.5
`;

function filesOf({ era, trims, goRelease }: Shape): TestCommit['files'] {
  const mains = programs.map((name) => [`cmd/${name}/main.go`, mainOf(name, generates(era))]);
  return {
    '.gitignore': '/_output\n',
    '.go-version': `${goRelease}.99`,
    ...Object.fromEntries(mains),
    'pkg/greeting/greeting.go': 'package greeting\n\nconst Text = "plain"\n',
    'pkg/tags/tags.go':
      'package tags\n\n// Names are the build tags that are in force, as far as they are known.\nvar Names string\n',
    ...Object.fromEntries(
      ['selinux', 'notest', 'grpcnotrace'].map((tag) => [
        `pkg/tags/${tag}.go`,
        `//go:build ${tag}\n// +build ${tag}\n\npackage tags\n\nfunc init() { Names += " ${tag}" }\n`,
      ]),
    ),
    ...stagingFiles(goRelease),
    'vendor/example.com/lib/lib.go': libFile,
    ...(generates(era) ? generatingFiles : {}),
    ...pauseFiles(era),
    ...licenseFiles,
    ...(hasWorkspace(era) ? workspaceFiles(goRelease) : linkedFiles(goRelease)),
    ...executable(buildScripts(era, trims)),
  };
}

function executable(files: Readonly<Record<string, string>>): NonNullable<TestCommit['files']> {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path, { kind: 'file', content, executable: true }]),
  );
}

/** What it prints goes to standard error, by the language's own print: to compile more packages takes long. */
function mainOf(name: string, isGenerated: boolean): string {
  return `package main

import (
	"runtime"

	"example.com/lib"
	client "k8s.io/client-go/pkg/version"
	base "k8s.io/component-base/version"
${isGenerated ? `\t"${generatedPackage}"\n` : ''}	"k8s.io/kubernetes/pkg/greeting"
	"k8s.io/kubernetes/pkg/tags"
)

func main() {
	_, file, _, _ := runtime.Caller(0)
	println("${name}", greeting.Text, tags.Names, runtime.Version())
	println(base.Text(), client.Text() == base.Text())
	println(file, base.File(), lib.File())
${isGenerated ? '\tprintln(openapi.Text)\n' : ''}}
`;
}

const libFile = `package lib

import "runtime"

// File says where this file was compiled.
func File() string {
	_, file, _, _ := runtime.Caller(0)
	return file
}
`;

const versionFile = `package version

import "runtime"

var (
	gitMajor     = ""
	gitMinor     = ""
	gitVersion   = "v0.0.0-master+$Format:%H$"
	gitCommit    = "$Format:%H$"
	gitTreeState = ""
	buildDate    = "1970-01-01T00:00:00Z"
)

// Text is everything about the version.
func Text() string {
	return gitVersion + " " + gitMajor + " " + gitMinor + " " + gitCommit + " " + gitTreeState + " " + buildDate
}

// File says where this file was compiled.
func File() string {
	_, file, _, _ := runtime.Caller(0)
	return file
}
`;

function stagingFiles(goRelease: string): Readonly<Record<string, string>> {
  return {
    'staging/src/k8s.io/client-go/go.mod': `module k8s.io/client-go\n\ngo ${goRelease}\n`,
    'staging/src/k8s.io/client-go/pkg/version/base.go': versionFile,
    'staging/src/k8s.io/component-base/go.mod': `module k8s.io/component-base\n\ngo ${goRelease}\n`,
    'staging/src/k8s.io/component-base/version/base.go': versionFile,
  };
}

const requirements = `require (
	example.com/lib v1.0.0
	k8s.io/client-go v0.0.0
	k8s.io/component-base v0.0.0
)
`;
const replacements = staging.map((name) => `replace ${name} => ./staging/src/${name}\n`).join('');

/** Until 1.29: staging modules are links in vendor. */
function linkedFiles(goRelease: string): NonNullable<TestCommit['files']> {
  const mod = `module k8s.io/kubernetes\n\ngo ${goRelease}\n\n${requirements}\n${replacements}`;
  const list = [
    '# example.com/lib v1.0.0\n## explicit\nexample.com/lib\n',
    ...staging.map((name) => `# ${name} v0.0.0 => ./staging/src/${name}\n## explicit; go ${goRelease}\n`),
    ...staging.map((name) => `# ${name} => ./staging/src/${name}\n`),
  ];
  const packages = { 'k8s.io/client-go': 'pkg/version', 'k8s.io/component-base': 'version' };
  const named = list.map((text) => {
    const name = /^# (\S+) v0\.0\.0/.exec(text)?.[1] as keyof typeof packages | undefined;
    return name === undefined ? text : `${text}${name}/${packages[name]}\n`;
  });
  return {
    'go.mod': mod,
    'vendor/modules.txt': named.join(''),
    ...Object.fromEntries(
      staging.map((name) => [
        `vendor/${name}`,
        { kind: 'link', target: `../../staging/src/${name}` } as const,
      ]),
    ),
  };
}

/** Since 1.30: a workspace, whose modules are in no vendor. */
function workspaceFiles(goRelease: string): NonNullable<TestCommit['files']> {
  const uses = ['.', ...staging.map((name) => `./staging/src/${name}`)];
  const lists = [
    '# example.com/lib v1.0.0\n## explicit\nexample.com/lib\n',
    ...staging.map((name) => `# ${name} v0.0.0 => ./staging/src/${name}\n## explicit; go ${goRelease}\n`),
  ];
  const godebug = Number(goRelease.slice(2)) >= 24 ? `\ngodebug default=go${goRelease}\n` : '';
  return {
    'go.mod': `module k8s.io/kubernetes\n\ngo ${goRelease}.0\n\n${requirements}\n${replacements}`,
    'go.work': `go ${goRelease}.0\n${godebug}\nuse (\n${uses.map((use) => `\t${use}\n`).join('')})\n`,
    'vendor/modules.txt': ['## workspace\n', ...lists].join(''),
  };
}
