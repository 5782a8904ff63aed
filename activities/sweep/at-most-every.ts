/** Calls `tell` the first time and then only when so many milliseconds have passed since it was called last. */
export function atMostEvery(
  spacingMs: number,
  tell: () => void = () => undefined,
  now = (): number => performance.now(),
): () => void {
  let toldAtMs = -Infinity;
  return () => {
    const nowMs = now();
    if (nowMs - toldAtMs < spacingMs) return;
    toldAtMs = nowMs;
    tell();
  };
}
