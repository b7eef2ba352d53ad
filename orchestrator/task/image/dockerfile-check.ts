import { type Diagnostic, locate } from '../../core/diagnostic.ts';
import { type Platform, platformParts } from '../../core/platform.ts';
import { type Instruction, readDockerfile } from './dockerfile-lines.ts';

export interface DockerfileUse {
  /** What it is called in complaints. */
  readonly file: string;
  /** The one that it is for: `FROM for-${TARGETARCH}` names a stage. */
  readonly platform: Platform;
  /** Whether there is an image that `base` stands for. */
  readonly hasBase: boolean;
}

/** All instructions that an image may be made with. */
const allowed =
  'ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  );

/** What differs with the machine that builds. */
const ofTheBuilder = /\$\{?(BUILD(?:PLATFORM|OS|ARCH|VARIANT))\b/;

/**
 * Complaints about all that would bring something into an image that neither the context nor the base has: other images,
 * the network, what another build left, the machine that builds. BuildKit is told to refuse most of it as well
 * (`sourcePolicy`), but not where it stands.
 */
export function checkDockerfile(text: string, use: DockerfileUse): readonly Diagnostic[] {
  const { directives, instructions } = readDockerfile(text);
  const complaints: Diagnostic[] = [];
  const complain = (
    { offset, end }: Omit<Instruction, 'name' | 'rest'>,
    message: string,
    help: string,
  ): void => {
    complaints.push({ severity: 'error', message, help, location: locate(use.file, text, offset, end) });
  };
  for (const each of directives) {
    if (each.name === 'SYNTAX') {
      complain(
        each,
        'a "syntax" line has another program read this file',
        'Leave it out: BuildKit reads it itself.',
      );
    }
    if (each.name === 'ESCAPE') complain(each, '"escape" is not supported', 'Leave it out.');
  }
  const stages: string[] = [];
  for (const each of instructions) {
    for (const { message, help } of complaintsOf(each, stages, use)) complain(each, message, help);
    if (each.name === 'FROM') stages.push(stageOf(each.rest));
  }
  if (stages.length === 0) {
    complain({ offset: 0, end: 1 }, 'there is no FROM', 'Begin with "FROM base" or "FROM scratch".');
  }
  return complaints;
}

interface Complaint {
  readonly message: string;
  readonly help: string;
}

/** One archive of the context, and a place; no flag. */
const ofAnArchive = /^[A-Za-z0-9][A-Za-z0-9._-]*\.tar\s+\S+$/;

function complaintsOf(
  each: Instruction,
  stages: readonly string[],
  use: DockerfileUse,
): readonly Complaint[] {
  const { name, rest } = each;
  const found: Complaint[] = [];
  const [, variable] = ofTheBuilder.exec(rest) ?? [];
  if (variable !== undefined) {
    found.push({
      message: `${variable} depends on the machine that builds`,
      help: 'Use TARGETARCH and its like.',
    });
  }
  if (name === 'FROM') found.push(...complaintsOfFrom(rest, stages, use));
  else if (name === 'COPY' || name === 'RUN') found.push(...complaintsOfFlags(name, rest, stages, use));
  else if (name === 'ADD') {
    const help =
      'Use COPY: what an image holds comes from the context, and its folders as archives: ADD LICENSES.tar /.';
    if (!ofAnArchive.test(rest)) found.push({ message: 'ADD may fetch', help });
  } else if (!allowed.includes(name)) {
    found.push({
      message: `${name} is no instruction for images here`,
      help: `There are ${allowed.join(', ')}.`,
    });
  }
  return found;
}

function complaintsOfFrom(rest: string, stages: readonly string[], use: DockerfileUse): readonly Complaint[] {
  const words = rest.split(/\s+/);
  const found = flagsOf(words).map((flag) => {
    return { message: `FROM takes no ${flag} here`, help: 'An image is built for one platform at a time.' };
  });
  const given = words.find((word) => !word.startsWith('--')) ?? '';
  const name = resolved(given, use.platform);
  if (!isKnown(name, stages, use)) found.push(unknownImage('FROM', given, use));
  const stage = stageOf(rest);
  if (['base', 'scratch'].includes(stage)) {
    found.push({ message: `a stage cannot be called ${stage}`, help: 'Give it another name.' });
  }
  return found;
}

function complaintsOfFlags(
  instruction: string,
  rest: string,
  stages: readonly string[],
  use: DockerfileUse,
): readonly Complaint[] {
  const found: Complaint[] = [];
  const flags = flagsOf(rest.split(/\s+/));
  for (const flag of flags) {
    const [, from] = /^--from=(.*)$/.exec(flag) ?? /^--mount=(?:.*,)?from=([^,]*)/.exec(flag) ?? [];
    if (
      from !== undefined &&
      !isKnown(resolved(from, use.platform), stages, use) &&
      !isStageNumber(from, stages)
    ) {
      found.push(unknownImage(`${instruction} --from`, from, use));
    }
    const [, mount] = /^--mount=(?:.*,)?type=([^,]*)/.exec(flag) ?? [];
    if (mount !== undefined && !['bind', 'tmpfs'].includes(mount)) {
      const message = `a mount of type ${mount} brings in what is not in the context`;
      found.push({ message, help: 'There are bind and tmpfs.' });
    }
    if (/^--(network|security|device)\b/.test(flag) && flag !== '--network=none') {
      found.push({ message: `RUN takes no ${flag} here`, help: 'No RUN has a network, or more rights.' });
    }
  }
  return found;
}

function unknownImage(where: string, name: string, { hasBase }: DockerfileUse): Complaint {
  const names = [...(hasBase ? ['base'] : []), 'scratch', 'a stage above'];
  return {
    message: `${where} names ${JSON.stringify(name)}, which is no part of the release`,
    help: `There are ${names.slice(0, -1).join(', ')} and ${names.at(-1)}${hasBase ? '' : '; the recipe has no base'}.`,
  };
}

function isKnown(name: string, stages: readonly string[], { hasBase }: DockerfileUse): boolean {
  const lower = name.toLowerCase();
  return lower === 'scratch' || (hasBase && lower === 'base') || (lower !== '' && stages.includes(lower));
}

/** Whether a text is the number of a stage above the one that says it. */
function isStageNumber(text: string, stages: readonly string[]): boolean {
  return /^\d+$/.test(text) && Number(text) < stages.length - 1;
}

function stageOf(rest: string): string {
  return (/\sas\s+(\S+)\s*$/i.exec(rest)?.[1] ?? '').toLowerCase();
}

/** The flags in front of an instruction's words. */
function flagsOf(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => !word.startsWith('--'));
  return end < 0 ? words : words.slice(0, end);
}

/** A name with the platform's variables in their place. */
function resolved(name: string, platform: Platform): string {
  const { os, arch } = platformParts(platform);
  const values: Readonly<Record<string, string>> = {
    TARGETPLATFORM: platform,
    TARGETOS: os,
    TARGETARCH: arch,
  };
  return name.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    return values[braced ?? bare ?? ''] ?? whole;
  });
}
