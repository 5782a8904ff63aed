import { inject } from 'vitest';

/** Where the parts are that all integration tests of a run share. */
export interface TestStackAddresses {
  /** Temporary folder of the run, laid out like a CONVOY_HOME. */
  home: string;
  postgresAdminUrl: string;
  /** An empty database; use `freshDatabase` for one of a file's own. */
  postgresUrl: string;
  /** The same as the owner of the tables. */
  postgresOwnerUrl: string;
  temporal: { address: string; httpUrl: string; uiUrl: string; namespace: string; pid: number };
  /** The embedded identity provider; it accepts every loopback port in resources and redirects. */
  issuer: string;
  signingKeyFile: string;
  masterKeyFile: string;
  cookieSecretFile: string;
  /** The embedded users' roles, in the form of CONVOY_ACCESS_FILE. */
  accessFile: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    testStack: TestStackAddresses;
  }
}

/** The shared parts of this run; only files of the `integration` project (vitest.config.ts) have them. */
export function testStack(): TestStackAddresses {
  return inject('testStack');
}
