import { countOf } from '../../core/numbers.ts';
import type { AnnouncementPlan } from '../../publish/announce/announce.ts';
import type { Message } from '../../publish/announce/message.ts';
import type { PlannedObject, PublishPlan } from '../../publish/plan.ts';
import { renderTable } from '../../report/table.ts';

/** What is planned, and about whom. */
export interface Planned {
  readonly release: string;
  /** `s3://bucket/prefix` */
  readonly to: string;
  readonly region: string;
  readonly plan: PublishPlan;
  readonly announcement:
    | { readonly plan: AnnouncementPlan; readonly topic: string; readonly message: Message }
    | undefined;
}

const words: Readonly<Record<PlannedObject['action'], string>> = {
  upload: 'upload',
  replace: 'replace',
  there: 'there',
  keep: 'keep',
  refuse: 'REFUSE',
};

/** A plan for a reader: a line for each file that is not there as it is, and the sums. Ends in a line end. */
export function describePlan({ release, to, region, plan, announcement }: Planned): string {
  const shown = plan.objects.filter(({ kind, action }) => kind !== 'artifact' || action !== 'there');
  const rows = shown.map((each) => [
    { text: words[each.action] },
    { text: sizeText(each.file.size) },
    { text: `${each.file.path}${'note' in each && each.note !== undefined ? `  (${each.note})` : ''}` },
  ]);
  const { upload, there } = plan.bytes;
  const count = (actions: readonly PlannedObject['action'][]) =>
    plan.objects.filter(({ action }) => actions.includes(action)).length;
  const lines = [
    `${release} to ${to} (${region})`,
    ...renderTable(['left', 'right', 'left'], rows),
    `${countOf(count(['upload', 'replace']), 'file')} to upload, ${sizeText(upload)}; ${count(['there', 'keep'])} there already, ${sizeText(there)}`,
    ...(plan.leftovers.length === 0
      ? []
      : [`${countOf(plan.leftovers.length, 'upload')} that broke off will be given up`]),
    ...(plan.strangers.length === 0
      ? []
      : [
          `Beside its files are ${countOf(plan.strangers.length, 'object')} that the site has not, such as ${plan.strangers[0]}`,
        ]),
    ...(announcement === undefined ? [] : [announcementText(announcement)]),
  ];
  return `${lines.join('\n')}\n`;
}

function announcementText({ plan, topic, message }: NonNullable<Planned['announcement']>): string {
  if (plan.action === 'there') return `announced to ${plan.topic} at ${plan.at}`;
  if (plan.action === 'unknown')
    return `whether it was announced to ${plan.topic} is not known: a run was about to at ${plan.at}`;
  return `announce to ${topic}: ${message.subject}\n  ${message.body.trim()}`;
}

/** The same for programs; with what was done, where it was. */
export function planJson(
  { release, to, region, plan, announcement }: Planned,
  done: object | undefined,
): string {
  const { objects, leftovers, strangers, bytes } = plan;
  const json = {
    ...{ schema: 1, release, to, region, bytes },
    objects: objects.map((each) => {
      const { kind, action, file } = each;
      const { path, size, sha256 } = file;
      return { kind, action, path, size, sha256, ...('note' in each ? { note: each.note } : {}) };
    }),
    strangers,
    leftovers: leftovers.map(({ path }) => path),
    ...(announcement === undefined
      ? {}
      : {
          announcement: {
            action: announcement.plan.action,
            topic: announcement.topic,
            message: announcement.message,
          },
        }),
    ...(done === undefined ? {} : { done }),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

function sizeText(bytes: number): string {
  return bytes < 1e5 ? `${bytes} B` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
