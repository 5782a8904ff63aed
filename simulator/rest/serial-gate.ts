/**
 * Lets one task of a key run at a time, in order of arrival. RouterOS serves one request of a (user, source address)
 * pair at a time, however many connections they use.
 */
export class SerialGate {
  #tails = new Map<string, Promise<void>>();

  /** Runs the task when all earlier ones of its key are done. */
  async run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const earlier = this.#tails.get(key);
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    this.#tails.set(key, done);
    if (earlier) await earlier;
    try {
      return await task();
    } finally {
      finish();
      if (this.#tails.get(key) === done) this.#tails.delete(key);
    }
  }
}
