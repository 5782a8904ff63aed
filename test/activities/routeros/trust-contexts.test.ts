import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { generate } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import { trustContext } from '../../../activities/routeros/trust-contexts.ts';
import { PATIENT_LIMITS, startDevice } from './simulated-device.ts';

const authority = async (name: string): Promise<string> => (await generate([{ name: 'commonName', value: name }])).cert;

test('routers that are trusted in the same way share what their connections are made with', async () => {
  const pinned = trustContext({ mode: 'pinned', fingerprint256: 'AA' });
  expect(trustContext({ mode: 'pinned', fingerprint256: 'BB' })).toBe(pinned);
  const [one, other] = [await authority('one'), await authority('other')];
  const ofOne = trustContext({ mode: 'ca', caPem: one });
  expect(trustContext({ mode: 'ca', caPem: one })).toBe(ofOne);
  expect(trustContext({ mode: 'ca', caPem: other })).not.toBe(ofOne);
  expect(ofOne).not.toBe(pinned);
});

test('an authority that cannot be read fails the request and not whoever opens the router', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const caPem = '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----';
  const access = { paths: ['/ip/dns'], effect: 'read' } as const;
  const opened = openRouter({ ...device.target, tls: { mode: 'ca', caPem }, ...access });
  onTestFinished(() => opened.close());
  await expect(opened.router.get('/ip/dns')).rejects.toMatchObject({ name: 'AppError' });
  expect((await device.journal()).counters.requests).toBe(0);
});

test('nothing keeps a router that was opened for one use', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const visit = async (): Promise<WeakRef<object>> => {
    const access = { paths: ['/system/resource'], effect: 'read' } as const;
    const opened = openRouter({ ...device.target, limits: PATIENT_LIMITS, ...access });
    await opened.router.get('/system/resource');
    await opened.close();
    return new WeakRef(opened.router);
  };
  const visited: WeakRef<object>[] = [];
  for (let count = 0; count < 20; count++) visited.push(await visit());
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await expect
    .poll(() => {
      collect();
      return visited.filter((router) => router.deref() !== undefined).length;
    })
    .toBe(0);
});
