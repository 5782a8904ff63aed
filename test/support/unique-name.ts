import { randomBytes } from 'node:crypto';

/** A name nobody else uses, for example for a task queue: `<prefix>-<8 characters>`. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}
