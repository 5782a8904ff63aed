/** Numbers that follow from a seed alone, so that what was drawn once is drawn again. */
export interface Random {
  /** From `least` to `most`, both included. */
  int(least: number, most: number): number;
  chance(share: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** So many of the items, in their order. */
  some<Item>(items: readonly Item[], count: number): Item[];
  shuffle<Item>(items: readonly Item[]): Item[];
  /** An independent sequence for one purpose, so that more draws for it leave the others as they are. */
  fork(purpose: string): Random;
}

export function randomOf(seed: string): Random {
  const next = mulberry32(hashOf(seed));
  const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  const shuffle = <Item>(items: readonly Item[]): Item[] => {
    const left = [...items];
    const drawn: Item[] = [];
    while (left.length > 0) drawn.push(...left.splice(int(0, left.length - 1), 1));
    return drawn;
  };
  return {
    int,
    shuffle,
    chance: (share) => next() < share,
    pick: (items) => {
      const item = items[int(0, items.length - 1)];
      if (item === undefined) throw new Error('there is nothing to pick from');
      return item;
    },
    some: (items, count) => {
      const chosen = new Set(shuffle(items.map((_, index) => index)).slice(0, count));
      return items.filter((_, index) => chosen.has(index));
    },
    fork: (purpose) => randomOf(`${seed}/${purpose}`),
  };
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (const unit of Buffer.from(text)) hash = Math.imul(hash ^ unit, 0x01_00_01_93);
  return hash >>> 0;
}

/** Tommy Ettinger's mulberry32: small, fast and even enough to draw stories with. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
