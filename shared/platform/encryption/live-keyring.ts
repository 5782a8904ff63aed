import type { Logger } from 'pino';
import { loadKeyring, type Keyring } from './keyring.ts';
import type { MasterKeySource } from './master-key-source.ts';

/** A keyring that its holders need not be given anew when the keys change. */
export interface LiveKeyring extends Keyring {
  /** Reads the keys again from where they came from. Where that fails the ones of before are kept, and the log says so. */
  reload(): Promise<void>;
}

/** As `loadKeyring`; keys from the environment stay what they were when the process started. */
export async function openKeyring(options: {
  source: MasterKeySource;
  log: Pick<Logger, 'info' | 'error'>;
}): Promise<LiveKeyring> {
  const { source, log } = options;
  let current = await loadKeyring(source);
  return {
    get first() {
      return current.first;
    },
    get ids() {
      return current.ids;
    },
    byId: (id) => current.byId(id),
    async reload() {
      try {
        current = await loadKeyring(source);
        log.info({ keyIds: current.ids }, 'master keys read again');
      } catch (err) {
        log.error({ err }, 'master keys not read again; the ones of before are used');
      }
    },
  };
}
