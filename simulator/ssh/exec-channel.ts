import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, ServerChannel } from 'ssh2';
import { openConsole } from '../console/open-console.ts';
import type { Caller } from '../engine/definition.ts';
import { FAULT_KINDS, type Fault, type FaultPlan } from '../router/fault.ts';
import type { Router } from '../router/router.ts';

export type ExecOptions = {
  readonly router: Router;
  readonly faults: FaultPlan;
  readonly latencyMs: () => number;
  readonly powerChanges: () => number;
  readonly onReboot: (downMs: number) => void;
  /** A `hang` fault holds the connection until faults change. */
  readonly onHang: (connection: Connection) => void;
  readonly caller: Caller;
  readonly connection: Connection;
};

/**
 * Runs one command line for a program: no prompt, no echo, lines end with CR LF, errors are text on standard output, and
 * standard input is ignored.
 */
export async function runExec(channel: ServerChannel, command: string, options: ExecOptions): Promise<void> {
  const { router, faults, latencyMs, powerChanges } = options;
  const answered = router.journal.requestArrived();
  channel.once('close', answered);
  channel.on('error', () => undefined);
  // Its end, also when the connection is cut, is only told once everything that came in was read.
  channel.resume();
  const powerAtStart = powerChanges();
  const { delayMs, fault } = faults.takeForRequest('SSH', faultPath(command), KINDS);
  const waitMs = latencyMs() + delayMs;
  if (waitMs > 0) await delay(waitMs);
  if (powerChanges() !== powerAtStart || (fault && strikeBefore(fault, channel, options))) return;
  const aborted = new AbortController();
  channel.once('close', () => aborted.abort());
  const { output } = await openConsole(router, options.caller).run(command, { signal: aborted.signal });
  if (fault?.kind === 'drop_reply') {
    options.connection.end();
    return;
  }
  const text = fault?.kind === 'wrong_body' ? (fault.detail ?? '') : output;
  if (fault?.kind === 'slow_body') await sendSlowly(channel, text, fault.latencyMs ?? DEFAULT_FAULT_MS);
  else channel.write(withCrLf(text));
  answered();
  channel.exit(EXIT_STATUS);
  channel.end();
}

/** Errors are told by text; sources disagree on whether any version also sets the status. */
const EXIT_STATUS = 0;
const DEFAULT_FAULT_MS = 1000;
/** `auth` has struck at the login, or not at all. */
const KINDS = FAULT_KINDS.filter((kind) => kind !== 'auth');

/** `/ip dns set servers=…` is asked for as `/ip/dns/set`, so that one fault fits both ways in. */
function faultPath(command: string): string {
  const words = /^\s*(?::put \[)?\s*([/a-z][a-z0-9/ -]*)/i.exec(command)?.[1] ?? '';
  return `/${words
    .split(/[/ ]+/)
    .filter((word) => word !== '')
    .join('/')}`;
}

/** Does what a fault does instead of running the command; false when the command is to be run. */
function strikeBefore(fault: Fault, channel: ServerChannel, { connection, onReboot, onHang }: ExecOptions): boolean {
  switch (fault.kind) {
    case 'hang':
      onHang(connection);
      return true;
    case 'refuse':
    case 'close':
      connection.end();
      return true;
    case 'reboot':
      connection.end();
      onReboot(fault.latencyMs ?? DEFAULT_FAULT_MS);
      return true;
    case 'error':
      channel.write(withCrLf(fault.detail ?? 'failure: internal error'));
      channel.exit(EXIT_STATUS);
      channel.end();
      return true;
    default:
      return false;
  }
}

async function sendSlowly(channel: ServerChannel, text: string, durationMs: number): Promise<void> {
  const bytes = Buffer.from(withCrLf(text));
  const step = Math.max(1, Math.ceil(bytes.length / PIECES));
  for (let sent = 0; sent < bytes.length && channel.writable; sent += step) {
    channel.write(bytes.subarray(sent, sent + step));
    await delay(durationMs / PIECES);
  }
}

const PIECES = 10;

/** Every line of output ends with CR LF, also the last one. */
export function withCrLf(text: string): string {
  if (text === '') return '';
  return `${text.replace(/\r?\n$/, '').replaceAll(/\r?\n/g, '\r\n')}\r\n`;
}
