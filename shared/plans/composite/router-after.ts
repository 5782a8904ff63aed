import type { Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { holdsValues } from '../../routeros/canonical.ts';
import type { ListOptions, Router, RouterRecord } from '../../routeros/router.ts';
import { isDynamic, rowsNamed } from '../../routeros/row-key.ts';

/**
 * A router as it will look once these steps are written, for working out what comes after them. What routers derive by
 * themselves, such as the route to a new network, is not there yet. It can only be read.
 */
export function routerAfter(router: Router, steps: readonly Step[]): Router {
  if (steps.length === 0) return router;
  return {
    ...readOnly(router),
    async get(menu) {
      const record = await router.get(menu);
      const after = steps.flatMap((step) => (step.op === 'set' && step.menu === menu ? [step.after] : []));
      return Object.assign({}, record, ...after) as RouterRecord;
    },
    async list(menu, options = {}) {
      const own = steps.flatMap((step) => stepOn(menu, step) ?? []);
      if (own.length === 0) return router.list(menu, options);
      const { fields, where = {}, only = {} } = options;
      const wanted = fields && [...new Set([...fields, ...own.flatMap(fieldsOf), 'dynamic'])];
      const read = await router.list(menu, { ...options, where: {}, ...(wanted ? { fields: wanted } : {}) });
      const rows = own.reduce<readonly RouterRecord[]>(written, read);
      return rows.filter((row) => holdsValues(row, { ...where, ...only })).map((row) => projected(row, fields));
    },
  };
}

/** Reads each menu once, however often and in whatever part it is asked for: all answers are of one moment. */
export function readOnce(router: Router): Router {
  const records = new Map<string, Promise<RouterRecord>>();
  const counts = new Map<string, Promise<number>>();
  const lists: { menu: string; options: ListOptions; rows: Promise<RouterRecord[]> }[] = [];
  const remember = <T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> => {
    const answer = known.get(key) ?? read();
    known.set(key, answer);
    return answer;
  };
  return {
    ...readOnly(router),
    get: (menu) => remember(records, menu, () => router.get(menu)),
    count: (menu, only) => remember(counts, JSON.stringify([menu, only]), () => router.count(menu, only)),
    async list(menu, options = {}) {
      const known = lists.find((one) => one.menu === menu && answers(one.options, options));
      const rows = known?.rows ?? router.list(menu, options);
      if (known === undefined) lists.push({ menu, options, rows });
      return (await rows).map((row) => projected(row, options.fields));
    },
  };
}

/** Whether what was read with the one says all that is asked for with the other. */
function answers({ fields: read, ...one }: ListOptions, { fields: asked, ...other }: ListOptions): boolean {
  const rest = ({ where = {}, only = {}, configuredOnly = false }: ListOptions): string =>
    JSON.stringify([where, only, configuredOnly]);
  return rest(one) === rest(other) && (read === undefined || asked?.every((field) => read.includes(field)) === true);
}

function projected(row: RouterRecord, fields: readonly string[] | undefined): RouterRecord {
  if (fields === undefined) return row;
  return Object.fromEntries(Object.entries(row).filter(([field]) => field === '.id' || fields.includes(field)));
}

function readOnly(router: Router): Router {
  const refuse = (): Promise<never> =>
    Promise.reject(new AppError('INTERNAL_ERROR', { message: 'Nothing is written while a plan is worked out.' }));
  return { ...router, set: refuse, add: refuse, change: refuse, remove: refuse, move: refuse };
}

type RowStep = Exclude<Step, { op: 'set' }>;

/** Menus whose rows are interfaces and stand in `/interface` as well. */
const INTERFACE = '/interface';
const KIND_OF_INTERFACE = /^\/interface\/(?!list$)[a-z0-9-]+$/;
const SHARED: ReadonlySet<string> = new Set(['name', 'comment', 'disabled', 'mtu']);

/** What a step is for the rows of a menu; null when they have nothing to do with it. */
function stepOn(menu: string, step: Step): RowStep | null {
  if (step.op === 'set') return null;
  if (step.menu === menu) return step;
  const isShared =
    (menu === INTERFACE && KIND_OF_INTERFACE.test(step.menu)) ||
    (step.menu === INTERFACE && KIND_OF_INTERFACE.test(menu) && step.op === 'change');
  if (!isShared || step.op === 'move' || step.key['name'] === undefined) return null;
  if (step.op !== 'change') return { ...step, values: only(step.values), key: only(step.key), placeBefore: null };
  return { ...step, key: only(step.key), before: only(step.before), after: only(step.after) };
}

function only<T extends string | null>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(([field]) => SHARED.has(field)));
}

/** What a router shows of a new row besides what it was given. */
const SHOWN: Readonly<Record<string, RouterRecord>> = {
  '/ip/route': { static: 'true' },
  '/ipv6/route': { static: 'true' },
};

function written(rows: readonly RouterRecord[], step: RowStep): readonly RouterRecord[] {
  const named = rowsNamed(rows, step.key);
  if (step.op === 'add') {
    if (named.length > 0) return rows;
    const made = { '.id': '*', dynamic: 'false', disabled: 'false', ...SHOWN[step.menu], ...step.values };
    return placed(rows, made, step.placeBefore);
  }
  const [row] = named;
  if (row === undefined) return rows;
  const others = rows.filter((one) => one !== row);
  if (step.op === 'remove') return others;
  if (step.op === 'move') return placed(others, row, step.after);
  const after = Object.entries(step.after).map(([field, value]) => [field, value ?? undefined]);
  return rows.map((one) => (one === row ? { ...row, ...(Object.fromEntries(after) as RouterRecord) } : one));
}

/** In front of a row, or behind all that are configured. */
function placed(
  rows: readonly RouterRecord[],
  row: RouterRecord,
  next: Readonly<Record<string, string>> | null,
): RouterRecord[] {
  const [before] = next === null ? [] : rowsNamed(rows, next);
  const last = rows.findLastIndex((one) => !isDynamic(one));
  return rows.toSpliced(before === undefined ? last + 1 : rows.indexOf(before), 0, row);
}

function fieldsOf(step: RowStep): string[] {
  const neighbours = step.op === 'change' ? [] : step.op === 'move' ? [step.after] : [step.placeBefore];
  const values = step.op === 'add' || step.op === 'remove' ? step.values : step.op === 'change' ? step.after : {};
  return [step.key, values, ...neighbours].flatMap((fields) => Object.keys(fields ?? {}));
}
