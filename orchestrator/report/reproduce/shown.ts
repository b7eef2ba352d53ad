/** A command as it is shown: names such as `$CHECKOUT` stand for folders, and for what only the source can say. */
export interface ShownCommand {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where `$CHECKOUT` is seen. */
  readonly at?: string;
}

/** A command, or what the task does itself between them. */
export type ShownStep =
  | ({ readonly kind: 'command' } & ShownCommand)
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'removal'; readonly path: string };

/** What the task of a node does, in order. */
export interface ShownNode {
  /** `go-build etcd-io/etcd server linux/arm64` */
  readonly node: string;
  readonly method: 'direct' | 'scripts';
  /** The Go that compiles. */
  readonly toolchain: string;
  /** Of scripts: what is on their PATH beside it. */
  readonly tools?: readonly string[];
  readonly steps: readonly ShownStep[];
}

/** The name that stands for what a placeholder would be: `HEAD_SHORT` for `head.short`. */
export function factName(placeholder: string): string {
  return placeholder.toUpperCase().replaceAll('.', '_');
}
