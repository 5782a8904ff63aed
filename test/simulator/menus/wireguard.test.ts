import { createPrivateKey, createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

const KEY = /^[A-Za-z0-9+/]{43}=$/;

/** The public key by another way than the simulator's: as a JSON Web Key. */
function publicKeyOf(privateKey: string): string {
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b656e04220420', 'hex'),
    Buffer.from(privateKey, 'base64'),
  ]);
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url').toString('base64');
}

test('a new interface makes itself a key pair', async () => {
  const router = await startLabRouter();
  const made = row(await router.put('/interface/wireguard', {}));
  expect(made).toMatchObject({
    disabled: 'false',
    'listen-port': '13231',
    mtu: '1420',
    name: 'wireguard1',
    'private-key': expect.stringMatching(KEY) as unknown,
    running: 'true',
  });
  expect(made['public-key']).toBe(publicKeyOf(made['private-key'] ?? ''));
  expect(row(await router.put('/interface/wireguard', {}))['listen-port']).toBe('13232');
  expect(rows(await router.get('/interface?type=wg'))[0]).not.toHaveProperty('mac-address');
});

test('a private key that is given brings its public key, and no other text is one', async () => {
  const router = await startLabRouter();
  // The key pair of the example in RFC 7748, section 6.1.
  const privateKey = Buffer.from('77076d0a7318a57d3c16c17251b26645ddfd2d6c0ba0d5bcf5e2b1c2a29c8d1f', 'hex');
  const made = row(await router.put('/interface/wireguard', { 'private-key': privateKey.toString('base64') }));
  expect(made['public-key']).toBe(publicKeyOf(privateKey.toString('base64')));
  expect(await router.patch('/interface/wireguard/wireguard1', { 'private-key': 'secret' })).toMatchObject({
    status: 400,
    body: { detail: 'invalid value for argument private-key' },
  });
});

test('a peer has the keys of a device, and needs a public key', async () => {
  const router = await startLabRouter();
  const { 'public-key': publicKey } = row(await router.put('/interface/wireguard', {}));
  const peer = { interface: 'wireguard1', 'public-key': publicKey, 'allowed-address': '10.0.0.2,fd00::2/128' };
  expect(row(await router.put('/interface/wireguard/peers', peer))).toMatchObject({
    'allowed-address': '10.0.0.2/32,fd00::2/128',
    'current-endpoint-address': '',
    'current-endpoint-port': '0',
    dynamic: 'false',
    'endpoint-address': '',
    'endpoint-port': '0',
    interface: 'wireguard1',
    name: 'peer1',
    rx: '0',
    tx: '0',
  });
  expect((await router.put('/interface/wireguard/peers', peer)).status).toBe(400);
  expect((await router.put('/interface/wireguard/peers', { interface: 'wireguard1' })).status).toBe(400);
  expect(await router.put('/interface/wireguard/peers', { 'public-key': publicKey })).toMatchObject({
    body: { detail: 'missing =interface=' },
  });
});

test('a peer can be given a key pair by the router', async () => {
  const router = await startLabRouter();
  await router.put('/interface/wireguard', {});
  const peer = row(await router.put('/interface/wireguard/peers', { interface: 'wireguard1', 'private-key': 'auto' }));
  expect(peer['public-key']).toBe(publicKeyOf(peer['private-key'] ?? ''));
  const [{ conf } = {}] = rows(await router.post('/interface/wireguard/peers/show-client-config', { number: 'peer1' }));
  expect(conf).toContain(`PrivateKey = ${peer['private-key']}`);
});

test('a peer whose address is known shakes hands every two minutes while the interface runs', async () => {
  const router = await startLabRouter();
  const { 'public-key': publicKey } = row(await router.put('/interface/wireguard', {}));
  await router.put('/interface/wireguard/peers', {
    interface: 'wireguard1',
    'public-key': publicKey,
    'allowed-address': '10.0.0.0/24',
    'endpoint-address': '203.0.113.5',
    'endpoint-port': 51820,
  });
  const peer = async () => rows(await router.get('/interface/wireguard/peers'))[0];
  expect(await peer()).toMatchObject({ 'current-endpoint-address': '203.0.113.5', 'current-endpoint-port': '51820' });
  expect((await peer())?.['last-handshake']).toMatch(/^(1m)?(\d+s)?$/);
  await router.patch('/interface/wireguard/wireguard1', { disabled: true });
  expect(await peer()).not.toHaveProperty('last-handshake');
});

test('secrets are for those who may see them', async () => {
  const router = await startLabRouter();
  await router.put('/interface/wireguard', {});
  await router.put('/user/group', { name: 'blind', policy: 'read,api,rest-api' });
  await router.put('/user', { name: 'eve', group: 'blind', password: 'eve-password' });
  const [seen] = rows(await router.as('eve', 'eve-password').get('/interface/wireguard'));
  expect(seen).toHaveProperty('public-key');
  expect(seen).not.toHaveProperty('private-key');
});

test('names of peers and what answers them came with later versions', async () => {
  const router = await startLabRouter({ version: '7.12.2' });
  const { 'public-key': publicKey } = row(await router.put('/interface/wireguard', {}));
  const peer = { interface: 'wireguard1', 'public-key': publicKey };
  const made = row(await router.put('/interface/wireguard/peers', peer));
  for (const later of ['name', 'responder', 'is-responder']) expect(made).not.toHaveProperty(later);
});
