import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { writeSite } from '../../orchestrator/publish/site.ts';
import type { MadeFile, SiteContent } from '../../orchestrator/publish/site-content.ts';

/** Two releases of many files, some of which both have. */
export function siteOf(number: number, store: string): SiteContent {
  const files = Array.from({ length: 60 }, (_, at): MadeFile => {
    const content = `${at % 3 === 0 ? 'both' : number} ${at} `.repeat(20_000);
    const sha256 = digestOf(content);
    const source = join(store, sha256);
    writeFileSync(source, content);
    const path = `widget/v1.0.0/bin/linux/amd64/widget${at}`;
    return { path, source, sha256, isExecutable: true, hasSums: true };
  });
  return {
    ...{ channel: '1-30', number, date: '2024-05-28T18:11:48Z', baseUri: 'https://releases.example' },
    annotations: { 'eksd-rebuild/release': `v1-30-eks-${number}` },
    components: new Map(),
    files,
    images: [
      {
        asset: { component: 'widget', name: 'widget-image', description: 'widget container image' },
        uri: `registry.example/widget:v1.0.0-eks-1-30-${number}`,
      },
    ],
  };
}

/** Lays out one and the other, in turns, until it is killed; says so each time. */
async function main(store: string, output: string): Promise<void> {
  const sites = [1, 2].map((number) => siteOf(number, store));
  for (let round = 0; ; round++) {
    const written = await writeSite(
      sites[round % 2] as SiteContent,
      output,
      'site',
      new AbortController().signal,
      { pid: process.pid, hostName: 'here' },
    );
    if (!written.ok) throw new Error(JSON.stringify(written.error));
    process.stdout.write('laid\n');
  }
}

const [store, output] = process.argv.slice(2);
if (process.argv[1]?.endsWith('site-writer.ts') && store !== undefined && output !== undefined)
  await main(store, output);
