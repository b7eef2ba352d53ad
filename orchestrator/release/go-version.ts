/** A Go version, without `go` in front, and where it was read. */
export interface ReadVersion {
  readonly version: string;
  readonly read: string;
}

/** What there is to go by for the Go that built a component. */
export interface GoEvidence {
  /** Of ATTRIBUTION.txt. `isCurrent`: it was written at the same time as CHECKSUMS, or after it. */
  readonly attribution: (ReadVersion & { readonly isCurrent: boolean }) | undefined;
  /** Of the builder image on the day when CHECKSUMS was last changed, of the release that was asked for then. */
  readonly builder: ReadVersion | undefined;
}

/** The version in a text of ATTRIBUTION.txt, and its line: `** golang.org/go; version go1.21.10 --`. */
export function attributionGo(text: string): { readonly version: string; readonly line: number } | undefined {
  const found =
    /^\*\* golang\.org\/go; version (?:go)?(1\.[0-9]+(?:\.[0-9]+)?(?:(?:rc|beta)[0-9]+)?)(?:[ \t]|$)/m.exec(
      text,
    );
  if (found?.[1] === undefined) return undefined;
  return { version: found[1], line: text.slice(0, found.index).split('\n').length };
}

/** `GOLANG_VERSION?="1.16"` of a project's Makefile: where it stands as long as there was no file of that name. */
export function makefileGo(text: string): { readonly version: string; readonly line: number } | undefined {
  const found = /^GOLANG_VERSION[ \t]*\?=[ \t]*"?(1\.[0-9]+)"?[ \t]*$/m.exec(text);
  if (found?.[1] === undefined) return undefined;
  return { version: found[1], line: text.slice(0, found.index).split('\n').length };
}

/**
 * Which of two witnesses to believe where they differ. ATTRIBUTION.txt is written by the Go that is in the builder image
 * at that moment, in a change of its own, often after CHECKSUMS. So:
 *
 * 1. Where it is older than CHECKSUMS, or of another Go release than the builder's, it speaks of another build: the
 *    builder image counts.
 * 2. Else it counts: the builder's version is that of the day when it was merged, and images came into use later.
 */
export function chooseGo({
  attribution,
  builder,
}: GoEvidence): (ReadVersion & { readonly others: readonly ReadVersion[] }) | undefined {
  const witness =
    attribution === undefined ? undefined : { version: attribution.version, read: attribution.read };
  if (witness === undefined || builder === undefined) {
    const only = witness ?? builder;
    return only === undefined ? undefined : { ...only, others: [] };
  }
  const isOfAnotherBuild =
    attribution?.isCurrent === false || minorOf(witness.version) !== minorOf(builder.version);
  return isOfAnotherBuild && witness.version !== builder.version
    ? { ...builder, others: [witness] }
    : { ...witness, others: [builder] };
}

/** `1.21` of `1.21.10`. */
export function minorOf(version: string): string {
  return /^1\.[0-9]+/.exec(version)?.[0] ?? version;
}
