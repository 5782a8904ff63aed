import { AppError } from '../../shared/errors/app-error.ts';
import type { RouterFacts } from '../../shared/routeros/facts.ts';
import type { ListOptions, Router, RouterRecord } from '../../shared/routeros/router.ts';
import { isDynamic } from '../../shared/routeros/row-key.ts';
import { holdsValues } from '../../shared/routeros/canonical.ts';
import { redactRecord } from '../../shared/routeros/secret-fields.ts';
import type { RestReply } from './exchange.ts';
import { expectRecord, expectRows } from './expect-reply.ts';
import { exportConfiguration } from './export-configuration.ts';
import { EXPORT } from './export-script.ts';
import { inspectServices } from './inspect-services.ts';
import { failureOf, refusalOf, type RequestFacts } from './refusals.ts';
import { listPath, restPath } from './rest-path.ts';
import { countRows, readMenu, readRows, RESOURCE } from './rest-read.ts';
import { restRows } from './rest-rows.ts';
import { runCommand } from './rest-command.ts';
import type { OutgoingRequest, RestLink } from './rest-link.ts';
import type { SshLink } from './ssh-link.ts';

/** What one caller may do to a router, and for how long it wants to wait. */
export interface RouterAccess {
  /** The menus the operation declared; any other is refused with UNSAFE_OPERATION. */
  paths: readonly string[];
  /** `read` refuses every write and masks secret fields. */
  effect: 'read' | 'write';
  /** Aborting gives up waiting: reads fail with its reason, a write that has left is still waited for. */
  signal?: AbortSignal;
  /** Asked before a write is put in line; may ask the router. What it throws keeps the write from being sent. Default: nothing is asked. */
  beforeWrite?: () => Promise<void>;
  /** The same when it is the write's turn, just before it leaves; it must not ask the router. Default: nothing is asked. */
  mayWrite?: () => Promise<void>;
}

/** The connections of a router port: the kept ones, and one of its own for reading after an unclear write. */
export interface RouterLinks {
  /** Name or address under which the router is reached. */
  host: string;
  link: RestLink;
  /** Opens nothing before its first request; the caller closes it. */
  fresh: () => RestLink;
  /** What is known of the router, kept for all ports to it. */
  facts: () => Promise<RouterFacts>;
  /** For what REST cannot do. Default: there is none. */
  ssh?: SshLink | null;
}

/** The router port over REST (https://manual.mikrotik.com/docs/developer-guides/rest-api). */
export function createRestRouter({ host, link, fresh, facts, ssh = null }: RouterLinks, access: RouterAccess): Router {
  const { signal, effect } = access;
  const allowed = { menu: (menu: string) => refuseUndeclared(menu, access), write: () => assertWriter(access) };
  const rows = restRows({ link, fresh, signal, beforeWrite: access.beforeWrite, mayWrite: access.mayWrite });
  return {
    transport: 'rest',
    host,
    facts,
    async get(menu) {
      allowed.menu(menu);
      const record = await readMenu(link, menu, restPath(menu), expectRecord, signal);
      if (menu === RESOURCE) link.isProven = true;
      return effect === 'read' ? redactRecord(menu, record) : record;
    },
    async list(menu, options = {}) {
      allowed.menu(menu);
      const found = await listRows(link, menu, options, signal);
      return effect === 'read' ? found.map((row) => redactRecord(menu, row)) : found;
    },
    async count(menu, only = {}) {
      allowed.menu(menu);
      return countRows(link, menu, only, signal);
    },
    async set(menu, values) {
      allowed.menu(menu);
      allowed.write();
      await access.beforeWrite?.();
      const facts: RequestFacts = { menu, effect: 'write' };
      const request = {
        method: 'POST',
        path: restPath(menu, 'set'),
        body: JSON.stringify(values),
        mayLeave: access.mayWrite,
      } as const;
      const reply = await sendOnce(link, request, facts, signal);
      if (!isDone(reply)) {
        // The answer of another request: whether this one was carried out is not known.
        throw new AppError('OUTCOME_UNKNOWN', { details: { menu, httpStatus: reply.status } });
      }
    },
    async add(menu, values, options) {
      allowed.menu(menu);
      allowed.write();
      return rows.add(menu, values, options);
    },
    async change(menu, rowKey, values, unset = []) {
      allowed.menu(menu);
      allowed.write();
      return rows.change(menu, rowKey, values, unset);
    },
    async remove(menu, rowKey) {
      allowed.menu(menu);
      allowed.write();
      return rows.remove(menu, rowKey);
    },
    async move(menu, rowKey, before) {
      allowed.menu(menu);
      allowed.write();
      return rows.move(menu, rowKey, before);
    },
    async run(menu, command, args = {}, options = {}) {
      if (!access.paths.includes(`${menu === '/' ? '' : menu}/${command}`)) allowed.menu(menu);
      return runCommand({ link, access }, { menu, command, args, row: options.row });
    },
    async exportConfiguration(options) {
      allowed.menu(EXPORT);
      return exportConfiguration({ rest: link, ssh }, options, signal);
    },
    async inspectServices() {
      allowed.menu('/ip/service');
      return inspectServices(ssh, signal);
    },
  };
}

async function listRows(
  link: RestLink,
  menu: string,
  { where = {}, fields, configuredOnly = false, only = {} }: ListOptions,
  signal?: AbortSignal,
): Promise<RouterRecord[]> {
  const asked = fields && ['.id', ...fields];
  const needed = asked && [...asked, ...Object.keys(where), ...(configuredOnly ? ['dynamic'] : [])];
  const first = await readMenu(link, menu, listPath(menu, needed, only), expectRows, signal);
  const all = first.length === 0 && !link.isProven ? await readRows(link, menu, needed, signal, only) : first;
  const found = all.filter((row) => holdsValues(row, where) && !(configuredOnly && isDynamic(row)));
  if (!asked || needed?.length === asked.length) return found;
  return found.map((row) => Object.fromEntries(Object.entries(row).filter(([field]) => asked.includes(field))));
}

function refuseUndeclared(menu: string, { paths }: RouterAccess): void {
  if (paths.includes(menu)) return;
  throw new AppError('UNSAFE_OPERATION', { message: `The operation did not declare that it touches ${menu}.` });
}

function assertWriter({ effect }: RouterAccess): void {
  if (effect === 'write') return;
  throw new AppError('UNSAFE_OPERATION', { message: 'A read may not write.' });
}

async function sendOnce(
  link: RestLink,
  request: OutgoingRequest,
  facts: RequestFacts,
  signal?: AbortSignal,
): Promise<RestReply> {
  let reply: RestReply;
  try {
    reply = await link.send(request, signal);
  } catch (error) {
    throw failureOf(error, facts);
  }
  if (reply.status < 200 || reply.status >= 300) throw refusalOf(reply, facts);
  return reply;
}

/** A `set` is answered with an empty list, or with nothing. */
function isDone({ bytes }: RestReply): boolean {
  return /^\s*(\[\s*\])?\s*$/.test(bytes.toString('latin1', 0, 64));
}
