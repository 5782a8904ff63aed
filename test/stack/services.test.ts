import { expect, test } from 'vitest';
import { serviceEnv } from '../../cli/stack/services.ts';

const DECIDED = {
  postgresUrl: 'postgres://convoy@127.0.0.1:5433/convoy',
  temporalAddress: '127.0.0.1:7233',
  temporalNamespace: 'convoy',
  temporalHttpUrl: undefined,
  temporalUiUrl: undefined,
  signingKeyFile: '/home/keys/platform.pem',
  masterKeyFile: '/home/keys/master-key',
  cookieSecretFile: '/home/keys/cookie-secret',
  issuer: 'http://127.0.0.1:9000',
  publicUrl: 'http://127.0.0.1:8080',
  approvalUrl: 'http://127.0.0.1:8081',
  httpPort: 8080,
  approvalPort: 8081,
  accessFile: '/home/access.yaml',
};

test('the policy file that a person names holds for the processes of the stack', () => {
  expect(serviceEnv({ CONVOY_POLICY_FILE: 'policy.yaml' }, DECIDED)).toMatchObject({
    CONVOY_POLICY_FILE: 'policy.yaml',
  });
});

test('what the launcher decides is not overruled by what happens to be set', () => {
  const env = serviceEnv({ CONVOY_POSTGRES_URL: 'postgres://elsewhere/convoy', CONVOY_PHASE: '3' }, DECIDED);
  expect(env).toMatchObject({ CONVOY_POSTGRES_URL: DECIDED.postgresUrl, CONVOY_PHASE: '3' });
  expect(env).not.toHaveProperty('CONVOY_TEMPORAL_HTTP_URL');
});
