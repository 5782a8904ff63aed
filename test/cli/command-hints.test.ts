import { expect, test } from 'vitest';
import { CliError } from '../../cli/client/cli-error.ts';
import { commandHint } from '../../cli/client/command-hints.ts';
import { renderFailure } from '../../cli/commands/report-failure.ts';

test.each([
  [
    'Call list_devices for the ids and names you may use.',
    'Run "convoy device list" for the ids and names you may use.',
  ],
  ['Read on; call wait_for_plan.', 'Read on; run "convoy plan watch".'],
  ['Then resume_rollout goes on.', 'Then "convoy plan resume" goes on.'],
  ['Split the change into several plans.', 'Split the change into several plans.'],
  ['Call plan_dns_ntp again.', undefined],
  [undefined, undefined],
])('says %j in words of the command line', (hint, said) => {
  expect(commandHint(hint)).toBe(said);
});

test('failures for programs say whether to try again and name the request', () => {
  const error = new CliError('DEVICE_BUSY', 'Busy.', { retryable: true, correlationId: 'abcdefgh' });
  expect(JSON.parse(renderFailure(error, true))).toEqual({
    code: 'DEVICE_BUSY',
    message: 'Busy.',
    retryable: true,
    correlationId: 'abcdefgh',
  });
  const away = new CliError('SERVICE_UNAVAILABLE', 'http://h does not answer.');
  expect(JSON.parse(renderFailure(away, true))).toMatchObject({ retryable: true });
  expect(JSON.parse(renderFailure(new CliError('CANCELLED', 'Nothing was sent.'), true))).toMatchObject({
    retryable: false,
  });
});
