import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectAll, writeOnce } from '../../../activities/device/steps.ts';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import { changesOf, undoOf, type Step } from '../../../shared/domain/change.ts';
import { PATIENT_LIMITS, startDevice } from './simulated-device.ts';

const MENU = '/ip/firewall/mangle';
type Rule = Readonly<Record<string, string>>;

let device: Awaited<ReturnType<typeof startDevice>>;
let opened: ReturnType<typeof openRouter>;
beforeAll(async () => {
  device = await startDevice({ http: true });
  opened = openRouter({ ...device.target, limits: PATIENT_LIMITS, paths: [MENU], effect: 'write' });
});
afterAll(async () => {
  await opened?.close();
  await device?.stop();
});

const rule = (name: string): Rule => ({ chain: 'prerouting', action: 'accept', comment: name });
const named = (row: Rule | undefined) => (row ? { comment: row['comment']! } : null);

async function rules(): Promise<string[]> {
  const rows = await opened.router.list(MENU, { fields: ['action', 'comment'], configuredOnly: true });
  return rows.map((row) => `${row['comment']} ${row['action']}`);
}

async function startWith(table: readonly Rule[]): Promise<void> {
  const rows = await opened.router.list(MENU, { fields: ['comment'], configuredOnly: true });
  for (const row of rows) await opened.router.remove(MENU, { comment: row['comment']! });
  for (const row of table) await opened.router.add(MENU, row, { key: named(row)! });
}

/** As a change of a device is made: looked at together, what is not there yet written one by one, and looked at again. */
async function make(steps: readonly Step[]): Promise<void> {
  const states = await inspectAll(opened.router, steps);
  expect(states.map(({ is }) => is)).not.toContain('foreign');
  for (const [index, step] of steps.entries()) {
    if (states[index]?.is === 'before') await writeOnce(opened.router, step);
  }
  const after = await inspectAll(opened.router, steps);
  expect(after.map(({ is }) => is)).toEqual(steps.map(() => 'after'));
}

const undone = (steps: readonly Step[]): Step[] => steps.map(undoOf).toReversed();

/** Numbers from 0 up to the limit, the same for a seed. */
function numbersOf(seed: number): (limit: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Steps as plan kinds make them: each against the table that those before it leave. */
function anyChange(seed: number): { table: Rule[]; steps: Step[]; tables: Rule[][] } {
  const below = numbersOf(seed);
  const table = Array.from({ length: 3 + below(4) }, (_, index) => rule(`r${index}`));
  const touched = new Set<string>();
  const steps: Step[] = [];
  const tables: Rule[][] = [];
  let now = [...table];
  const done = (step: Step, next: Rule[]): void => {
    steps.push(step);
    tables.push((now = next));
  };
  for (let count = 2 + below(5); count > 0; count--) {
    const op = ['move', 'remove', 'add', 'change', 'remove', 'move'][below(6)];
    const at = below(now.length);
    const row = now[at]!;
    if (op === 'add') {
      const added = rule(`new${count}`);
      touched.add(added['comment']!);
      const place = below(now.length + 1);
      const placeBefore = named(now[place]);
      done({ op, menu: MENU, key: named(added)!, values: added, placeBefore }, now.toSpliced(place, 0, added));
    } else if (op === 'move' && now.length > 1) {
      const others = now.toSpliced(at, 1);
      const place = below(others.length + 1);
      if (place === at) continue;
      const [before, after] = [named(now[at + 1]), named(others[place])];
      done({ op, menu: MENU, key: named(row)!, before, after }, others.toSpliced(place, 0, row));
    } else if (op === 'remove' && now.length > 1 && !touched.has(row['comment']!)) {
      touched.add(row['comment']!);
      const placeBefore = named(now[at + 1]);
      done({ op, menu: MENU, key: named(row)!, values: row, placeBefore }, now.toSpliced(at, 1));
    } else if (op === 'change' && !touched.has(row['comment']!)) {
      touched.add(row['comment']!);
      const after = { ...row, action: 'passthrough' };
      const step = {
        op,
        menu: MENU,
        key: named(row)!,
        before: { action: 'accept' },
        after: { action: 'passthrough' },
      } as const;
      done(step, now.with(at, after));
    }
  }
  return { table, steps, tables };
}

const shown = (table: readonly Rule[]): string[] => table.map((row) => `${row['comment']} ${row['action']}`);

/** Many neighbours of one another, in the ways that went wrong elsewhere. */
const KNOWN: Record<string, (at: (name: string) => { comment: string }) => [string[], Step[]]> = {
  'rows next to each other are removed': (at) => [
    ['a', 'b', 'c', 'd'],
    [
      { op: 'remove', menu: MENU, key: at('b'), values: rule('b'), placeBefore: at('c') },
      { op: 'remove', menu: MENU, key: at('c'), values: rule('c'), placeBefore: at('d') },
      { op: 'remove', menu: MENU, key: at('d'), values: rule('d'), placeBefore: null },
    ],
  ],
  'rows are moved to the end one after the other': (at) => [
    ['a', 'b', 'c'],
    [
      { op: 'move', menu: MENU, key: at('a'), before: at('b'), after: null },
      { op: 'move', menu: MENU, key: at('b'), before: at('c'), after: null },
    ],
  ],
  'a row is moved in front of one that is removed then': (at) => [
    ['a', 'b', 'c'],
    [
      { op: 'move', menu: MENU, key: at('a'), before: at('b'), after: at('c') },
      { op: 'remove', menu: MENU, key: at('c'), values: rule('c'), placeBefore: null },
    ],
  ],
};

describe('what steps did to an ordered menu is taken back to exactly what was there', () => {
  test.each(Object.keys(KNOWN))('%s', async (name) => {
    const [names, steps] = KNOWN[name]!((comment) => ({ comment }));
    await startWith(names.map(rule));
    const before = await rules();
    await make(steps);
    await make(undone(steps));
    expect(await rules()).toEqual(before);
  });

  test.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'of random steps, also when it died half-way (seed %d)',
    async (seed) => {
      const { table, steps, tables } = anyChange(seed);
      const below = numbersOf(seed + 1_000);
      const died = below(steps.length + 1);
      await startWith(table);
      for (const step of steps.slice(0, died)) await writeOnce(opened.router, step);
      expect(await rules()).toEqual(shown(died === 0 ? table : tables[died - 1]!));

      // Taken back from there, and that died half-way as well.
      const back = undone(steps.slice(0, died));
      for (const step of back.slice(0, below(died + 1))) await writeOnce(opened.router, step);
      await make(back);
      expect(await rules()).toEqual(shown(table));

      // Gone on from where it died, then undone as a whole.
      for (const step of steps.slice(0, died)) await writeOnce(opened.router, step);
      await make(steps);
      expect(await rules()).toEqual(shown(tables.at(-1) ?? table));
      await make(steps);
      await make(undone(steps));
      expect(await rules()).toEqual(shown(table));
      expect(changesOf(undone(steps)).length).toBe(changesOf(steps).length);
    },
  );
});
