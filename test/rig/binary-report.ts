import { digestOf } from '../../orchestrator/core/digest.ts';
import type {
  BinaryFunction,
  BinaryModule,
  BinaryReport,
  BinarySection,
  BuildInformation,
} from '../../orchestrator/verdict/inspect/binary.ts';

/** A small stripped program for linux/amd64; what a test is about is said in `changed`. Its SHA-256 is that of all the rest. */
export function binaryReport(changed: Partial<BinaryReport> = {}): BinaryReport {
  const report = {
    size: 1000,
    format: 'elf' as const,
    os: 'linux',
    arch: 'amd64',
    build: buildInformation(),
    buildId: undefined,
    gnuBuildId: undefined,
    uuid: undefined,
    sections: [section('.text', 'code'), section('.data', 'data'), section('.symtab', 'symbols')],
    rest: { size: 100, sha256: 'headers' },
    functions: [binaryFunction('main.main'), binaryFunction('runtime.main')],
    paths: [],
    strings: ['hello'],
    ...changed,
  };
  const settings = [...(report.build?.settings ?? [])];
  return { ...report, sha256: digestOf(JSON.stringify([report, settings])) };
}

export function buildInformation(changed: Partial<BuildInformation> = {}): BuildInformation {
  return {
    goVersion: 'go1.21.9',
    path: 'test.example/app/cmd/app',
    main: binaryModule('test.example/app', '(devel)', ''),
    dependencies: [],
    settings: new Map([['-trimpath', 'true']]),
    ...changed,
  };
}

export function binaryModule(path: string, version = 'v1.0.0', sum = 'h1:sum'): BinaryModule {
  return { path, version, sum, replace: undefined };
}

/** @param content stands for the bytes. */
export function section(name: string, content: string): BinarySection {
  const isCode = name === '.text';
  const isLoaded = !/^\.(symtab|debug)/.test(name);
  const common = { address: 4096, size: 64, isWritable: false };
  return { name, sha256: content, withoutId: content, isLoaded, isCode, ...common };
}

/** @param code stands for the bytes; its part before `@` for the shape. */
export function binaryFunction(name: string, size = 32, code = name): BinaryFunction {
  const at = name.indexOf('.', name.lastIndexOf('/') + 1);
  return { name, package: name.slice(0, at), size, sha256: code, shape: code.split('@')[0] };
}
