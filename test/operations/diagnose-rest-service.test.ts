import { expect, test } from 'vitest';
import { diagnoseRestService } from '../../shared/operations/diagnostic/diagnose-rest-service.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import type { Router, ServiceRecords } from '../../shared/routeros/router.ts';
import { cannedRouter } from './canned-router.ts';

async function diagnose(inspectServices: Router['inspectServices']): Promise<unknown> {
  const router = { ...cannedRouter({}), inspectServices };
  return diagnoseRestService.output.parse(await diagnoseRestService.handler(router, {}));
}

const RECORDS: ServiceRecords = {
  services: [
    { '.id': '*1', name: 'ssh', port: '22', disabled: 'false', address: '' },
    { '.id': '*2', name: 'www', port: '80', disabled: 'true', address: '' },
    {
      '.id': '*3',
      name: 'www-ssl',
      port: '8443',
      disabled: 'no',
      address: '10.0.0.0/8;2001:db8::/32',
      certificate: 'none',
    },
    { '.id': '*4', name: 'www-ssl', dynamic: 'true', remote: '10.0.0.9:51514' },
  ],
  webserver: null,
};

test('the services that carry REST are told, with what keeps people out', async () => {
  expect(await diagnose(() => Promise.resolve(RECORDS))).toEqual({
    services: [
      { name: 'www', enabled: false, port: 80, allowedFrom: [], certificate: null, restEnabled: null },
      {
        name: 'www-ssl',
        enabled: true,
        port: 8443,
        allowedFrom: ['10.0.0.0/8', '2001:db8::/32'],
        certificate: 'none',
        restEnabled: null,
      },
    ],
    failure: null,
  });
});

test('REST that is switched off in the web server is told', async () => {
  const webserver = { 'rest-plain': 'true', 'rest-secure': 'false' };
  expect(await diagnose(() => Promise.resolve({ ...RECORDS, webserver }))).toMatchObject({
    services: [
      { name: 'www', restEnabled: true },
      { name: 'www-ssl', restEnabled: false },
    ],
  });
});

test.each(['DEVICE_UNSUPPORTED', 'DEVICE_UNREACHABLE', 'DEVICE_HOST_KEY_CHANGED'] satisfies ErrorCode[])(
  '%s over SSH is an answer too',
  async (code) => {
    const error = new AppError(code);
    expect(await diagnose(() => Promise.reject(error))).toEqual({
      services: [],
      failure: { code, message: error.message },
    });
  },
);

test('what is no fact about the router fails', async () => {
  const error = new AppError('INTERNAL_ERROR');
  await expect(diagnose(() => Promise.reject(error))).rejects.toBe(error);
});
