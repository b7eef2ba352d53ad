import { byCodeUnit, canonicalJson, type Json } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';

/** What an action is allowed on. */
export interface Grant {
  readonly action: string;
  readonly resource: string;
  readonly condition?: Json | undefined;
}

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Json;
}

/** An IAM policy document. */
export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** For printing. */
export function policyJson(policy: IamPolicy): string {
  return canonicalJson(asJson(policy));
}

/** Joins what is granted on the same resources: IAM counts characters. */
export function policyOf(grants: readonly Grant[]): IamPolicy {
  const byAction = gather(grants, ({ action, condition }) => canonicalJson([action, condition ?? null]));
  const statements = [...byAction.values()].map((same) => ({
    actions: unique(same.map(({ action }) => action)),
    resources: unique(same.map(({ resource }) => resource)),
    condition: same[0]?.condition,
  }));
  const byResources = gather(statements, ({ resources, condition }) =>
    canonicalJson([resources, condition ?? null]),
  );
  return {
    Version: '2012-10-17',
    Statement: [...byResources.values()].map((same) => ({
      Effect: 'Allow' as const,
      Action: unique(same.flatMap(({ actions }) => actions)),
      Resource: same[0]?.resources ?? [],
      ...defined({ Condition: same[0]?.condition }),
    })),
  };
}

function gather<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort(byCodeUnit);
}

function asJson({ Version, Statement }: IamPolicy): Json {
  return { Version, Statement: Statement.map((each) => ({ ...each })) };
}
