/**
 * Preloaded (`--import`) into a process whose machine's clock a test sets: what `Date` says is shifted by the milliseconds in
 * the file TEST_CLOCK_FILE. Workflows, which get their time from Temporal, and clocks that nobody can set, such as timers
 * and `performance.now()`, know nothing of it.
 */
import { readFileSync } from 'node:fs';

const file = process.env['TEST_CLOCK_FILE'];
if (file === undefined) throw new Error('TEST_CLOCK_FILE names no file.');

/** Between two looks at the file, milliseconds. */
const LOOK_MS = 50;

const read = (): number => Number(readFileSync(file, 'utf8'));
let shiftMs = read();
setInterval(() => {
  // A file that is being written is empty for a moment.
  const given = read();
  if (Number.isFinite(given)) shiftMs = given;
}, LOOK_MS).unref();

const MachineDate = Date;
const now = (): number => MachineDate.now() + shiftMs;

globalThis.Date = new Proxy(MachineDate, {
  construct: (target, given: unknown[], newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as Date,
  apply: () => new MachineDate(now()).toString(),
  get: (target, key, receiver): unknown => (key === 'now' ? now : Reflect.get(target, key, receiver)),
});
