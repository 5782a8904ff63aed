import { expect, test } from 'vitest';
import { AppError } from '../../../../shared/errors/app-error.ts';
import { createLogger, type Logger } from '../../../../shared/platform/telemetry/logger.ts';
import { isSecretKey } from '../../../../shared/platform/telemetry/redaction.ts';

test('writes one JSON object a line, with a word for the level and UTC time', () => {
  const { logger, records } = capture();
  logger.info({ deviceId: 'dev_1' }, 'device registered');
  expect(records()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      pid: process.pid,
      name: 'test',
      deviceId: 'dev_1',
      msg: 'device registered',
    },
  ]);
});

test('masks secrets by the name of their key, at any depth and in any spelling', () => {
  const { logger, text } = capture();
  logger.info(
    {
      password: 'hunter2',
      request: { headers: { Authorization: 'hunter2', 'set-cookie': ['hunter2'], accept: 'kept-1' } },
      device: { sealedCredential: 'hunter2', list: [{ client_secret: 'hunter2', name: 'kept-2' }] },
      map: new Map([['k', { token: 'hunter2' }]]),
    },
    'something',
  );
  expect(text()).not.toContain('hunter2');
  expect(text()).toContain('kept-1');
  expect(text()).toContain('kept-2');
});

test('knows the short names of secrets and leaves ordinary words alone', () => {
  const secret = ['pass', 'userPass', 'pwd', 'psk', 'wpa2-psk', 'auth-key', 'encryptionKey', 'shared_key', 'passcode'];
  expect(secret.filter((key) => !isSecretKey(key))).toEqual([]);
  const ordinary = [
    'key',
    'publicKey',
    'bypass',
    'compass',
    'author',
    'keys',
    'skipped',
    'passive-mode',
    'idempotencyKey',
  ];
  expect(ordinary.filter(isSecretKey)).toEqual([]);
});

test('masks secrets in the bindings of child loggers', () => {
  const { logger, text } = capture();
  logger.child({ token: 'hunter2', person: { password: 'hunter2', sub: 'kept' } }).info('something');
  expect(text()).not.toContain('hunter2');
  expect(text()).toContain('kept');
});

test('masks what is a secret by its form, in fields and in the message', () => {
  const { logger, text } = capture();
  const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJl';
  logger.info(
    { note: `sent Bearer ${jwt}`, url: 'postgres://convoy:hunter2@127.0.0.1/convoy', bare: jwt },
    'connecting to postgres://convoy:hunter2@127.0.0.1/convoy with Basic aHVudGVyMg==',
  );
  expect(text()).not.toMatch(/hunter2|eyJ|aHVudGVyMg/);
  expect(text()).toContain('postgres://convoy:[redacted]@127.0.0.1/convoy');
});

test('writes errors with code and causes, and masks secrets in them', () => {
  const { logger, records, text } = capture();
  const cause = Object.assign(new Error('login with Bearer hunter2-hunter2 failed'), { password: 'hunter2' });
  logger.error({ err: new AppError('DEVICE_AUTH_FAILED', { details: { deviceId: 'dev_1' }, cause }) }, 'read failed');
  expect(records()[0]).toMatchObject({
    level: 'error',
    err: {
      type: 'AppError',
      code: 'DEVICE_AUTH_FAILED',
      details: { deviceId: 'dev_1' },
      stack: expect.stringContaining('logger.test.ts'),
      cause: { message: 'login with Bearer [redacted] failed', password: '[redacted]' },
    },
  });
  expect(text()).not.toContain('hunter2');
});

test('survives data that holds itself', () => {
  const { logger, records } = capture();
  const loop: Record<string, unknown> = { name: 'kept' };
  loop['self'] = loop;
  logger.info({ loop }, 'something');
  expect(records()[0]).toMatchObject({ loop: { name: 'kept' } });
});

test('writes nothing below its level', () => {
  const { logger, records } = capture('warn');
  logger.info('quiet');
  logger.warn('loud');
  expect(records()).toMatchObject([{ msg: 'loud' }]);
});

function capture(level: 'info' | 'warn' = 'info'): {
  logger: Logger;
  text: () => string;
  records: () => Record<string, unknown>[];
} {
  const lines: string[] = [];
  const logger = createLogger({ name: 'test', level, destination: { write: (line) => void lines.push(line) } });
  return {
    logger,
    text: () => lines.join(''),
    records: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}
