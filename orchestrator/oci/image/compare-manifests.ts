import { mediaType } from '../../core/oci.ts';
import { type SetAside, setAside } from './comparison.ts';
import type { ImageView } from './image-view.ts';
import type { Image } from './open-image.ts';

/** What manifests and layers differ in without the files or the config doing so. @param touched layers in which files do. */
export function compareManifests(
  a: ImageView,
  b: ImageView,
  touched: ReadonlySet<number>,
): readonly SetAside[] {
  const [left, right] = [a.layers, b.layers];
  const pairs = left.length === right.length ? left.map((layer, at) => [layer, right[at], at] as const) : [];
  const repacked = pairs.filter(([one, other]) => one.plain === other?.plain && one.sha256 !== other?.sha256);
  const recoded = pairs.filter(([one, other, at]) => one.plain !== other?.plain && !touched.has(at));
  return [
    ...setAside('layer-count', Math.abs(left.length - right.length)),
    ...setAside('layer-compression', repacked.length),
    ...setAside('archive-encoding', recoded.length),
    ...compareDocuments(a.image, b.image),
  ];
}

function compareDocuments({ manifest: a }: Image, { manifest: b }: Image): readonly SetAside[] {
  if (a === undefined || b === undefined) return setAside('missing-manifest', a === b ? 0 : 1);
  const typesOf = (each: NonNullable<Image['manifest']>) => [
    each.mediaType ?? mediaType.manifest,
    each.config.mediaType,
  ];
  const others = typesOf(b);
  const types = typesOf(a).filter((type, at) => type !== others[at]);
  const [left, right] = [a.annotations ?? {}, b.annotations ?? {}];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  const annotations = [...names].filter((name) => left[name] !== right[name]);
  return [...setAside('media-types', types.length), ...setAside('annotations', annotations.length)];
}
