/** How many of the same items stand in another place: as few as have to be moved to make the one order of the other. */
export function countMoved(a: readonly string[], b: readonly string[]): number {
  const places = new Map(b.map((item, at) => [item, at]));
  // The longest run of items that go up in `b`, too: the last place of the best run of each length.
  const ends: number[] = [];
  for (const item of a) {
    const place = places.get(item) ?? -1;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    ends[low] = place;
  }
  return a.length - ends.length;
}
