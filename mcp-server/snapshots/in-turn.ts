/** Runs the work of one principal piece by piece, in the order in which it was asked for; that of others meanwhile. */
export type InTurn = <T>(sub: string, work: () => Promise<T>) => Promise<T>;

/** Kept configurations may have megabytes each: nobody gets the memory and time of more than one wish at a time. */
export function createTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (sub, work) => {
    const own = (last.get(sub) ?? Promise.resolve()).then(work);
    const ended = own
      .catch(() => {})
      .then(() => {
        if (last.get(sub) === ended) last.delete(sub);
      });
    last.set(sub, ended);
    return own;
  };
}
