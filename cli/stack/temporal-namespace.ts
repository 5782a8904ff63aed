import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { loadSigningKey, mintTemporalToken, SERVICE_SUBJECTS } from '../../shared/platform/temporal/temporal-token.ts';
import { StackError } from './stack-error.ts';

/** Value types of search attributes, with the numbers of temporal.api.enums.v1.IndexedValueType. */
const indexedValueTypes = {
  TEXT: 1,
  KEYWORD: 2,
  INT: 3,
  DOUBLE: 4,
  BOOL: 5,
  DATETIME: 6,
  KEYWORD_LIST: 7,
} as const;

export type SearchAttributeTypes = Readonly<Record<string, keyof typeof indexedValueTypes>>;

const ALREADY_EXISTS = 6;
const POLL_MS = 50;

/**
 * Registers the namespace and its search attributes unless they are there, and waits until both can be used. Signs its
 * own administrator token with the platform's key.
 */
export async function ensureNamespace(options: {
  address: string;
  signingKeyFile: string;
  namespace: string;
  /** How long finished workflows stay readable, days. Default 7; the server's minimum is one hour. */
  retentionDays?: number;
  searchAttributes: SearchAttributeTypes;
  timeoutMs?: number;
}): Promise<void> {
  const { namespace } = options;
  const deadline = performance.now() + (options.timeoutMs ?? 60_000);
  const connection = await Connection.connect({
    address: options.address,
    metadata: { authorization: `Bearer ${await adminToken(options.signingKeyFile, namespace)}` },
    connectTimeout: '10s',
  });
  try {
    await ignoreExisting(
      connection.workflowService.registerNamespace({
        namespace,
        workflowExecutionRetentionPeriod: msToTs(`${options.retentionDays ?? 7} days`),
      }),
    );
    await until(deadline, `namespace ${namespace}`, async () => {
      await connection.workflowService.describeNamespace({ namespace });
      return true;
    });
    const known = await listCustomAttributes(connection, namespace, deadline);
    const missing = Object.entries(options.searchAttributes).filter(([name]) => !known.has(name));
    if (missing.length > 0) {
      const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, indexedValueTypes[type]]));
      await ignoreExisting(connection.operatorService.addSearchAttributes({ namespace, searchAttributes }));
    }
    await until(deadline, `search attributes of ${namespace}`, async () => {
      const query = missing.map(([name]) => `${name} is null`).join(' and ');
      await connection.workflowService.countWorkflowExecutions({ namespace, query });
      return true;
    });
  } finally {
    await connection.close();
  }
}

async function adminToken(signingKeyFile: string, namespace: string): Promise<string> {
  return mintTemporalToken({
    signingKey: await loadSigningKey(signingKeyFile),
    subject: SERVICE_SUBJECTS.admin,
    permissions: ['temporal-system:admin', `${namespace}:admin`],
    lifetimeSeconds: 300,
  });
}

async function listCustomAttributes(connection: Connection, namespace: string, deadline: number): Promise<Set<string>> {
  const names = new Set<string>();
  await until(deadline, `search attributes of ${namespace}`, async () => {
    const list = await connection.operatorService.listSearchAttributes({ namespace });
    for (const name of Object.keys(list.customAttributes ?? {})) names.add(name);
    return true;
  });
  return names;
}

/** The server forgets nothing it has accepted, but its caches need a moment: errors are retried until the deadline. */
async function until(deadline: number, what: string, attempt: () => Promise<boolean>): Promise<void> {
  for (;;) {
    try {
      if (await attempt()) return;
    } catch (cause) {
      if (performance.now() > deadline) {
        throw new StackError('NOT_READY', `Temporal did not make ${what} usable in time: ${messageOf(cause)}`, {
          cause,
        });
      }
    }
    await delay(POLL_MS);
  }
}

async function ignoreExisting(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if ((error as { code?: number }).code !== ALREADY_EXISTS) throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
