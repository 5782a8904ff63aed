/** Longest time a call may take before it becomes one to ask for: hosts give up after about a minute. */
export const ANSWER_WITHIN_MS = 45_000;

/** The value of `work`, or `late` when it takes longer than `timeoutMs`; the work itself goes on, unwatched. */
export async function answerInTime<T, Late>(
  work: Promise<T>,
  late: () => Late,
  timeoutMs = ANSWER_WITHIN_MS,
): Promise<T | Late> {
  const { promise: overdue, resolve } = Promise.withResolvers<'overdue'>();
  const timer = setTimeout(() => resolve('overdue'), timeoutMs);
  try {
    const first = await Promise.race([work.then((value) => ({ value })), overdue]);
    if (first !== 'overdue') return first.value;
    // Whoever carries the work out records how it ends; here nobody listens any more.
    work.catch(() => {});
    return late();
  } finally {
    clearTimeout(timer);
  }
}
