import { WorkflowFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure, RetryState, TerminatedFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import type { DeviceChangeInput } from '../../../../shared/contract/device-messages.ts';
import { createFleetClient } from '../../../../shared/platform/temporal/create-fleet-client.ts';

const CHANGE: DeviceChangeInput = {
  deviceId: 'dev_1',
  deviceName: 'lab-01',
  cause: { by: 'operation', operation: 'update_dns_servers', input: {}, requestedBy: 'ann', correlationId: 'c' },
};

/** A connection over which changes begin, and their ends are told so. */
function clientWhere(result: () => Promise<never>): Client {
  return { activity: {}, workflow: { start: async () => ({ result }) } } as unknown as Client;
}

function change(failure: Error): Promise<unknown> {
  return createFleetClient(
    clientWhere(() => Promise.reject(failure)),
    null,
    { idleSeconds: 60, heartbeatSeconds: 10 },
  ).change(CHANGE);
}

function ended(cause: Error): WorkflowFailedError {
  return new WorkflowFailedError('failed', cause, RetryState.NON_RETRYABLE_FAILURE);
}

it.each([
  ['the connection is lost', Object.assign(new Error('14 UNAVAILABLE'), { code: 14 })],
  ['an operator ends it by force', ended(new TerminatedFailure('stopped'))],
])('a change that has begun has an unknown outcome when %s', async (_, failure) => {
  await expect(change(failure)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', details: { deviceId: 'dev_1' } });
});

it('a change that refuses says why', async () => {
  const refusal = ApplicationFailure.create({ type: 'DEVICE_ENTRY_MISSING', message: 'No such entry.' });
  await expect(change(ended(refusal))).rejects.toMatchObject({ code: 'DEVICE_ENTRY_MISSING' });
});
