/** Many askings with bounds on how many run at once, how long all of it takes and how much is answered. */
export interface Round<Item, Answer> {
  items: readonly Item[];
  /** Never fails: what went wrong with an item is its answer. */
  ask: (item: Item) => Promise<Answer>;
  /** Characters an answer takes. */
  sizeOf: (answer: Answer) => number;
  /** Items asked at the same time at most. */
  atOnce: number;
  /** Characters of all answers; the first is answered whatever its size. */
  most: number;
  /** Nothing is begun after this, milliseconds since 1970. */
  beginBeforeMs: number;
  /** Aborted when nobody waits for the answers any more. */
  signal: AbortSignal;
  /** Told after each answer how many there are. */
  onAnswer?: (answered: number) => void;
}

/**
 * Asks the items in their order and answers those of a beginning of the list without a gap: as many as fit and were begun in
 * time. What is behind them was not asked, or is asked again by whoever goes on from there.
 */
export async function askInOrder<Item, Answer>(round: Round<Item, Answer>): Promise<Answer[]> {
  const { items, ask, sizeOf, atOnce, most, beginBeforeMs, signal, onAnswer = () => {} } = round;
  const answers = new Map<number, { answer: Answer; size: number }>();
  let begun = 0;
  let collected = 0;
  const mayBegin = () =>
    begun < items.length && collected < most && performance.now() < beginBeforeMs && !signal.aborted;
  const keepAsking = async (): Promise<void> => {
    while (mayBegin()) {
      const index = begun;
      begun += 1;
      const answer = await ask(items[index] as Item);
      const size = sizeOf(answer);
      answers.set(index, { answer, size });
      collected += size;
      onAnswer(answers.size);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, keepAsking));

  const fitting: Answer[] = [];
  let left = most;
  for (let next = answers.get(0); next !== undefined; next = answers.get(fitting.length)) {
    left -= next.size;
    if (left < 0 && fitting.length > 0) break;
    fitting.push(next.answer);
  }
  return fitting;
}
