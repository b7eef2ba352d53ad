import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { z } from 'zod';
import { settingsSchema } from '../../orchestrator/config/settings/settings.ts';
import { decodeYaml } from '../../orchestrator/config/yaml.ts';
import { policySchema } from '../../orchestrator/statement/trust/policy-schema.ts';
import { decodeProject } from '../../orchestrator/workspace/decode-project.ts';
import { docPages, type Fence, fencesOf } from './pages.ts';

const fences = docPages().flatMap(fencesOf);

function read(schema: z.ZodType, file: string, text: string): readonly string[] {
  const decoded = decodeYaml(file, text, schema);
  return decoded.ok ? [] : decoded.error.map(({ message }) => message);
}

/** What the first line of a text in YAML calls it, and how the program reads that. */
const readers: Readonly<Record<string, (text: string) => readonly string[]>> = {
  '# eksd-rebuild.yaml': (text) => read(settingsSchema, 'eksd-rebuild.yaml', text),
  '# policy.yaml': (text) => read(policySchema, 'policy.yaml', text),
  '# project.yaml': recipe,
  '# project.yaml, beside builds': (text) => recipe(`${builds}${text}`),
};

/** What a recipe has beside what a part of one shows. */
const builds = 'schema: 1\ndescription: x\nbuilds: [{programs: [{name: tool, package: .}]}]\n';

function recipe(text: string): readonly string[] {
  const decoded = decodeProject('project.yaml', text);
  return decoded.ok ? [] : decoded.error.map(({ message }) => message);
}

/** The first line, or the one behind what is an editor's. */
function nameOf(text: string): string {
  return text.replace(/^# yaml-language-server: .*\n/, '').split('\n')[0] ?? '';
}

function whyWrong({ language, text }: Fence): readonly string[] {
  switch (language) {
    case 'yaml': {
      const first = nameOf(text);
      return readers[first]?.(text) ?? [`its first line does not say what it is: ${first}`];
    }
    case 'json':
      JSON.parse(text);
      return [];
    case 'sh':
    case 'text':
      return [];
    default:
      return [`a language that nothing is known of: ${language}`];
  }
}

test('settings, policies and recipes in the documentation are what the program reads', () => {
  const wrong = fences.flatMap((fence) =>
    whyWrong(fence).map((why) => `${fence.page}:${fence.line}: ${why}`),
  );
  assert.equal(wrong, []);
  const kinds = new Set(fences.filter(({ language }) => language === 'yaml').map(({ text }) => nameOf(text)));
  assert.equal([...kinds].sort(), Object.keys(readers).sort());
});

test('an unknown setting, a wrong value and a text without a name are seen', () => {
  const yaml = (text: string) => whyWrong({ page: '', line: 0, language: 'yaml', text });
  assert.is(yaml('# eksd-rebuild.yaml\ncahce: /var/cache\n').length, 1);
  assert.is(yaml('# eksd-rebuild.yaml\nlimits: {network: 0}\n').length, 1);
  assert.is(yaml('# policy.yaml\nschema: 1\n').length > 0, true);
  assert.is(yaml('# eksd-rebuild.yaml\ncache: /var/cache\n').length, 0);
  assert.match(yaml('cache: /var/cache\n')[0] ?? '', 'does not say what it is');
});

test.run();
