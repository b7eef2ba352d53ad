/** A queue that gives the item with the lowest rank first, in O(log n). */
export interface Heap<T> {
  push(item: T): void;
  peek(): T | undefined;
  pop(): T | undefined;
}

export function newHeap<T extends { readonly rank: number }>(): Heap<T> {
  const items: T[] = [];
  const rankAt = (index: number): number => items[index]?.rank ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number): void => {
    const [first, second] = [items[a], items[b]];
    if (first === undefined || second === undefined) return;
    items[a] = second;
    items[b] = first;
  };
  return {
    peek: () => items[0],
    push(item) {
      items.push(item);
      for (let at = items.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (rankAt(parent) <= rankAt(at)) break;
        swap(at, parent);
        at = parent;
      }
    },
    pop() {
      swap(0, items.length - 1);
      const first = items.pop();
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        const least = rankAt(left) <= rankAt(left + 1) ? left : left + 1;
        if (rankAt(at) <= rankAt(least)) break;
        swap(at, least);
        at = least;
      }
      return first;
    },
  };
}
