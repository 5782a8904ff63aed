import type { RouterValues, Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { sameValue } from '../../routeros/canonical.ts';
import { entryAddition, entryRemoval, entrySettling } from '../../routeros/listed-entries.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { isDynamic } from '../../routeros/row-key.ts';
import { toBoolean } from '../../routeros/values.ts';

/** What an address list shall hold, or no longer hold. */
export interface WantedEntries {
  list: string;
  add: readonly string[];
  remove: readonly string[];
  /** Of added entries; left out, those that are there keep theirs. */
  comment?: string | undefined;
  /** Seconds; left out, added entries stay. */
  timeoutSeconds?: number | undefined;
}

/** The steps from the entries of the list's menu to the wanted ones; none when it is so. Additions come first. */
export function listSteps(menu: string, rows: readonly RouterRecord[], wanted: WantedEntries): Step[] {
  const entriesOf = (address: string): RouterRecord[] =>
    rows.filter((row) => row['list'] === wanted.list && sameValue('address', row['address'], address));
  return [
    ...wanted.add.flatMap((address) => additionSteps(menu, entriesOf(address), address, wanted)),
    ...wanted.remove.flatMap((address) =>
      entriesOf(address)
        .filter(isOwn)
        .map((row) => entryRemoval(menu, row, keyOf(row))),
    ),
  ];
}

function additionSteps(menu: string, present: RouterRecord[], address: string, wanted: WantedEntries): Step[] {
  const { list, comment, timeoutSeconds } = wanted;
  const lasting = present.find((row) => !isDynamic(row));
  const passing = present.find((row) => isDynamic(row) && isOwn(row));
  if (timeoutSeconds !== undefined) {
    if (lasting && !toBoolean(lasting['disabled'])) throw staysForGood(address, list);
    // Its time runs on: started anew by every repetition, it would never end.
    if (passing) return [];
    const values = { list, address, timeout: `${timeoutSeconds}s`, ...(comment ? { comment } : {}) };
    return [{ op: 'add', menu, key: { list, address, dynamic: 'true' }, values, placeBefore: null }];
  }
  if (lasting) return entrySettling(menu, lasting, comment, keyOf(lasting));
  const addition = entryAddition(menu, { list, address }, comment);
  // A router takes no address twice.
  return passing ? [entryRemoval(menu, passing, keyOf(passing)), addition] : [addition];
}

/** Entries with a time are the router's own to remove, but ours as well. */
function keyOf(row: RouterRecord): RouterValues {
  const { list = '', address = '' } = row;
  return isDynamic(row) ? { list, address, dynamic: 'true' } : { list, address };
}

/** The addresses behind a listed name are made by the router, without a time, and follow that name alone. */
function isOwn(row: RouterRecord): boolean {
  return !isDynamic(row) || row['timeout'] !== undefined;
}

function staysForGood(address: string, list: string): AppError {
  return new AppError('CONFLICT', {
    message: `${address} is on ${list} for good already; it gets no time.`,
    hint: 'Remove it from the list first, or leave the time out.',
  });
}
