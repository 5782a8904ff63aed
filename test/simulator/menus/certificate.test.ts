import { createPrivateKey, X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { readFile } from '../../../simulator/menus/file/files.ts';
import { row, rows, startLabRouter, until, type LabRouter } from '../support/lab-router.ts';

/** Adds a template and signs it; elliptic curves, because they take no time to speak of. */
async function signed(router: LabRouter, template: Record<string, string>, sign: Record<string, string> = {}) {
  await router.put('/certificate', { 'key-size': 'prime256v1', ...template });
  const signing = router.post('/certificate/sign', { '.id': template['name'], ...sign });
  await signs(router);
  return rows(await signing);
}

/** Lets the router's time pass until it has made one more signature. */
async function signs(router: LabRouter): Promise<void> {
  const device = router.device.router;
  const count = (): number => device.logLines().filter(({ message }) => message.endsWith(' signed')).length;
  const before = count();
  await until(() => {
    device.clock.advance(1000);
    return count() > before;
  });
}

const CA = { name: 'root', 'common-name': 'Lab CA', 'key-usage': 'key-cert-sign,crl-sign', 'days-valid': '3650' };

test('a template has no fingerprint; the signature brings it, with the facts of a real certificate', async () => {
  const router = await startLabRouter();
  const template = row(await router.put('/certificate', { ...CA, 'key-size': 'prime256v1' }));
  expect(template).toEqual({
    '.id': '*1',
    'common-name': 'Lab CA',
    'days-valid': '3650',
    'digest-algorithm': 'sha256',
    'key-size': 'prime256v1',
    'key-type': 'ec',
    'key-usage': 'key-cert-sign,crl-sign',
    name: 'root',
    'subject-alt-name': '',
    trusted: 'false',
  });
  const signing = router.post('/certificate/sign', { '.id': '*1' });
  await signs(router);
  expect(rows(await signing)).toEqual([
    { '.section': '0', progress: 'wait' },
    { '.section': '1', progress: 'done' },
  ]);
  expect(row(await router.get('/certificate/root'))).toMatchObject({
    akid: '',
    authority: 'true',
    crl: 'false',
    'expires-after': expect.stringMatching(/^52[01]w/) as unknown,
    fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    'invalid-before': expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as unknown,
    'private-key': 'true',
    'serial-number': expect.stringMatching(/^[0-9A-F]+$/) as unknown,
    skid: expect.stringMatching(/^[0-9a-f]{40}$/) as unknown,
    'smart-card-key': 'false',
    trusted: 'true',
  });
});

test('an authority of the router signs others, and names itself in them', async () => {
  const router = await startLabRouter();
  await signed(router, CA);
  const server = { name: 'www', 'common-name': 'router.lan', 'key-usage': 'tls-server' };
  await signed(router, { ...server, 'subject-alt-name': 'DNS:router.lan,IP:192.168.88.1' }, { ca: 'root' });
  const [root, www] = rows(await router.get('/certificate'));
  expect(www).toMatchObject({ ca: 'root', issued: 'true', authority: 'false', akid: root?.['skid'], trusted: 'false' });
  await router.post('/certificate/export-certificate', { '.id': 'www' });
  await router.post('/certificate/export-certificate', { '.id': 'root', 'file-name': 'ca' });
  const pem = (name: string) => new X509Certificate(readFile(router.device.router, name) ?? '');
  expect(pem('cert_export_www.crt').verify(pem('ca.crt').publicKey)).toBe(true);
  expect(pem('cert_export_www.crt').subjectAltName).toBe('DNS:router.lan, IP Address:192.168.88.1');
  expect(pem('cert_export_www.crt').fingerprint256.replaceAll(':', '').toLowerCase()).toBe(www?.['fingerprint']);
});

test.each([
  ['2048', 'prime256v1'],
  ['secp384r1', '2048'],
  ['secp384r1', 'prime256v1'],
])('an authority with a key of %s signs for one of %s', async (above, below) => {
  const router = await startLabRouter();
  await signed(router, { ...CA, 'key-size': above });
  await signed(router, { name: 'www', 'common-name': 'router.lan', 'key-size': below }, { ca: 'root' });
  const [root, www] = rows(await router.get('/certificate'));
  expect(www).toMatchObject({ ca: 'root', issued: 'true', akid: root?.['skid'], 'key-size': below });
  await router.post('/certificate/export-certificate', { '.id': 'www', 'export-passphrase': 'long-enough' });
  await router.post('/certificate/export-certificate', { '.id': 'root', 'file-name': 'ca' });
  const pem = (name: string) => new X509Certificate(readFile(router.device.router, name) ?? '');
  const authority = pem('ca.crt');
  expect(pem('cert_export_www.crt').verify(authority.publicKey)).toBe(true);
  expect(pem('cert_export_www.crt').checkIssued(authority)).toBe(true);
  const key = createPrivateKey({
    key: readFile(router.device.router, 'cert_export_www.key') ?? '',
    passphrase: 'long-enough',
  });
  expect(pem('cert_export_www.crt').checkPrivateKey(key)).toBe(true);
});

test('signing goes on after the session that asked for it was closed', async () => {
  const router = await startLabRouter({ sessionLimitMs: 100 });
  await router.put('/certificate', { ...CA, 'key-size': 'prime256v1' });
  expect(await router.post('/certificate/sign', { numbers: 'root' })).toMatchObject({
    status: 400,
    body: { detail: 'Session closed' },
  });
  expect(row(await router.get('/certificate/root'))).not.toHaveProperty('fingerprint');
  await signs(router);
  expect(row(await router.get('/certificate/root'))).toHaveProperty('fingerprint');
});

test('an exported certificate and its key are imported one after the other', async () => {
  const router = await startLabRouter();
  await signed(router, CA);
  const passphrase = 'long enough';
  await router.post('/certificate/export-certificate', { '.id': 'root', 'export-passphrase': passphrase });
  await router.remove('/certificate/root');
  const importing = (file: string, more = {}) =>
    router.post('/certificate/import', { 'file-name': file, passphrase: '', ...more });
  expect(await importing('cert_export_root.key', { passphrase })).toMatchObject({
    body: { 'keys-with-no-certificate': '1', 'private-keys-imported': '0' },
  });
  expect(await importing('cert_export_root.crt', { name: 'again', trusted: 'yes' })).toMatchObject({
    status: 200,
    body: {
      'certificates-imported': '1',
      'decryption-failures': '0',
      'files-imported': '1',
      'keys-with-no-certificate': '0',
      'private-keys-imported': '0',
    },
  });
  expect(row(await router.get('/certificate/again'))).toMatchObject({ 'private-key': 'false', trusted: 'true' });
  expect(await importing('cert_export_root.key', { passphrase: 'wrong words' })).toMatchObject({
    body: { 'decryption-failures': '1' },
  });
  expect(await importing('cert_export_root.key', { passphrase })).toMatchObject({
    body: { 'private-keys-imported': '1' },
  });
  expect(row(await router.get('/certificate/again'))['private-key']).toBe('true');
});

test('a signed certificate keeps what was signed, and only its name and trust can change', async () => {
  const router = await startLabRouter();
  await signed(router, CA);
  expect((await router.patch('/certificate/root', { 'common-name': 'other' })).status).toBe(400);
  expect(await router.patch('/certificate/root', { trusted: 'no' })).toMatchObject({ body: { trusted: 'false' } });
  expect((await router.post('/certificate/sign', { '.id': 'root' })).status).toBe(400);
  expect(await router.put('/certificate', { name: 'copy', 'copy-from': 'root' })).toMatchObject({ status: 201 });
  expect(row(await router.get('/certificate/copy'))).not.toHaveProperty('fingerprint');
});

test('only an authority with a key can sign, and values must be ones the router knows', async () => {
  const router = await startLabRouter();
  await router.put('/certificate', { name: 'a', 'common-name': 'a', 'key-size': 'prime256v1' });
  expect(await router.post('/certificate/sign', { '.id': 'a', ca: 'nobody' })).toMatchObject({
    body: { detail: 'input does not match any value of ca' },
  });
  expect(await router.put('/certificate', { name: 'b', 'key-size': '1000' })).toMatchObject({
    body: { detail: 'input does not match any value of key-size' },
  });
  expect((await router.put('/certificate', { name: 'b', 'subject-alt-name': 'router.lan' })).status).toBe(400);
  expect((await router.put('/certificate', { name: 'a' })).status).toBe(400);
});

test('a certificate past its time is expired', async () => {
  const router = await startLabRouter();
  await signed(router, { ...CA, 'days-valid': '1' });
  router.device.router.clock.advance(2 * 86_400_000);
  const shown = row(await router.get('/certificate/root'));
  expect(shown).toMatchObject({ expired: 'true' });
  expect(shown).not.toHaveProperty('expires-after');
});

test.each([
  'prime256v1',
  // Too short for OpenSSL as it comes, which is no reason for a router.
  '1024',
])('a router that is managed over TLS lists what it serves, and serves what www-ssl names: %s', async (size) => {
  const router = await startLabRouter({ http: false });
  const [own] = rows(await router.get('/certificate'));
  const served = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const any = { rejectUnauthorized: false, ciphers: 'DEFAULT:@SECLEVEL=0' };
      const socket = connect({ host: '127.0.0.1', port: router.device.restPort, ...any }, () => {
        resolve(socket.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase());
        socket.destroy();
      });
      socket.once('error', reject);
    });
  expect(own?.['fingerprint']).toBe(await served());
  const template = { name: 'www', 'common-name': 'router.lan', 'key-usage': 'digital-signature,tls-server' };
  await signed(router, { ...template, 'key-size': size });
  await router.post('/ip/service/set', { numbers: 'www-ssl', certificate: 'www' }).catch(() => undefined);
  const device = router.device.router;
  const wanted = device.rows('/certificate').find(({ name }) => name === 'www')?.['fingerprint'];
  await until(async () => (await served()) === wanted);
  expect(router.device.fingerprint?.replaceAll(':', '').toLowerCase()).toBe(wanted);
});
