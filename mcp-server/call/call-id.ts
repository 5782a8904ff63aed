import { ulid } from 'ulid';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

/** Random numbers are drawn in bulk: one by one they cost each call more than its look-up of the device. */
const pool = new Uint32Array(1024);
let drawn = pool.length;

/** The name of a call, unique and sorted by time (ULID). */
export function newCallId(): string {
  return ulid(currentMs(), draw);
}

/** From 0 up to but not including 1, of the system's own generator. */
function draw(): number {
  if (drawn === pool.length) {
    crypto.getRandomValues(pool);
    drawn = 0;
  }
  const number = pool[drawn] ?? 0;
  drawn += 1;
  return number / 2 ** 32;
}
