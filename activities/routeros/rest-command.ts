import { AppError } from '../../shared/errors/app-error.ts';
import type { RouterValues } from '../../shared/domain/change.ts';
import { boundOf } from '../../shared/routeros/command-bounds.ts';
import type { RouterCommand } from '../../shared/routeros/commands.ts';
import type { CommandReply, RouterRecord, RowKey } from '../../shared/routeros/router.ts';
import { assertNaturalKey, describeKey, rowNamed } from '../../shared/routeros/row-key.ts';
import { redactRecord } from '../../shared/routeros/secret-fields.ts';
import { deviceTextDetails, isScriptFailure, meaningOfDeviceText } from './device-texts.ts';
import { ExchangeFailure, type RestReply } from './exchange.ts';
import { toRecord, toRows } from './expect-reply.ts';
import { pause } from './pause.ts';
import { failureOf, isWorthRepeating, refusalOf } from './refusals.ts';
import type { RestLink } from './rest-link.ts';
import { restPath } from './rest-path.ts';
import { decodeBody, isSuccess, readRows } from './rest-read.ts';
import type { RouterAccess } from './rest-router.ts';

export interface CommandCall {
  menu: string;
  command: string;
  args: RouterValues;
  row?: RowKey | undefined;
}

/** Runs one command of the closed table. Reading ones are repeated while nothing was sent; writing ones never. */
export async function runCommand(
  { link, access }: { link: RestLink; access: RouterAccess },
  call: CommandCall,
): Promise<CommandReply> {
  const { entry, worksForMs } = boundOf(call.menu, call.command, call.args);
  if (entry.effect === 'write' && access.effect !== 'write') {
    throw new AppError('UNSAFE_OPERATION', { message: `A read may not run ${call.command} in ${call.menu}.` });
  }
  const args = { ...call.args, ...(call.row ? { '.id': await rowId(link, call.menu, call.row, access.signal) } : {}) };
  const request = {
    method: 'POST',
    path: restPath(call.menu, call.command),
    body: JSON.stringify(args),
    effect: entry.effect,
    worksForMs,
    ...(entry.effect === 'write' ? { mayLeave: access.mayWrite } : {}),
  } as const;
  if (entry.effect === 'write') await access.beforeWrite?.();
  for (let attempt = 0; ; attempt++) {
    try {
      const reply = await link.send(request, access.signal);
      const facts = { menu: call.menu, effect: entry.effect } as const;
      if (!isSuccess(reply)) throw refusalOf(reply, facts);
      return commandReply(reply, call.menu, entry, access);
    } catch (error) {
      const backoffMs = link.limits.readBackoffMs[attempt];
      const mayRepeat = entry.effect === 'read' && !isCutOff(error) && isWorthRepeating(error, link.memory);
      if (backoffMs === undefined || !mayRepeat) throw failed(error, call, entry);
      await pause(backoffMs, access.signal);
    }
  }
}

/** It still runs on the router, which works on nothing else meanwhile: another one would only wait behind it. */
function isCutOff(error: unknown): boolean {
  return error instanceof ExchangeFailure && error.kind === 'timeout';
}

function failed(error: unknown, { menu, command }: CommandCall, { effect, settle }: RouterCommand): unknown {
  const failure = failureOf(error, { menu, effect });
  if (!(failure instanceof AppError) || failure.code !== 'OUTCOME_UNKNOWN') return failure;
  return new AppError('OUTCOME_UNKNOWN', {
    message: `${command} was sent to ${menu} and its reply did not come.`,
    details: { ...failure.details, settle: settle ?? 'none' },
    cause: failure,
  });
}

async function rowId(link: RestLink, menu: string, key: RowKey, signal?: AbortSignal): Promise<string> {
  assertNaturalKey(menu, key);
  const rows = await readRows(link, menu, [...Object.keys(key), 'dynamic'], signal);
  const id = rowNamed(rows, menu, key)?.['.id'];
  if (id !== undefined) return id;
  const message = `${menu} has no entry with ${describeKey(key)}.`;
  throw new AppError('DEVICE_ENTRY_MISSING', { message, details: { menu, key, outcome: 'not_applied' } });
}

/** Rows; writing commands also answer with nothing, or with one record, of which `ret` is what the command returned. */
function commandReply(reply: RestReply, menu: string, entry: RouterCommand, { effect }: RouterAccess): CommandReply {
  const isWrite = entry.effect === 'write';
  if (isWrite && reply.bytes.length === 0) return { rows: [], ret: null };
  const body = decodeBody(reply, menu);
  const shown = (row: RouterRecord): RouterRecord => (effect === 'read' ? redactRecord(menu, row) : row);
  if (Array.isArray(body) || !isWrite) return { rows: toRows(body, menu).map(shown), ret: null };
  const record = toRecord(body, menu);
  const { ret } = record;
  if (ret !== undefined && entry.failsAsOutput && isScriptFailure(ret)) throw scriptFailure(ret, menu);
  return ret === undefined ? { rows: [shown(record)], ret: null } : { rows: [], ret };
}

/** The script ran up to there: what it did before stays. */
function scriptFailure(text: string, menu: string): AppError {
  const meaning = meaningOfDeviceText(text, { menu, effect: 'read' });
  return new AppError(meaning?.code ?? 'DEVICE_ERROR', {
    message: 'A script failed on the device; what it did before that stays.',
    ...(meaning?.hint === undefined ? {} : { hint: meaning.hint }),
    details: { menu, settle: 'none', ...deviceTextDetails(text) },
  });
}
