import type { CommandDefinition } from '../../engine/definition.ts';
import { failure, missingArgument, noMatch, noSuchItem, notPermitted } from '../../engine/router-error.ts';
import { writeFile } from '../file/files.ts';
import { CERT, KEY, readPrivateKey } from './x509.ts';

/** Refusals of an export; their texts are not measured on a device. */
const NOT_SIGNED = 'certificate is not signed';
const PASSPHRASE_SHORT = 'passphrase must be at least 8 characters long';

/** Shortest passphrase that protects an exported key. */
const SHORTEST_PASSPHRASE = 8;

/** Writes a certificate into a file, and its key into another one when there is a passphrase for it. */
export function exportCommand(path: string): CommandDefinition {
  return {
    policy: 'ftp',
    parameters: ['.id', 'numbers', 'export-passphrase', 'file-name', 'type'],
    writes: true,
    secrets: ['export-passphrase'],
    run: (args, router, caller) => {
      const wanted = args.get('.id') ?? args.get('numbers');
      if (wanted === undefined) throw missingArgument('.id');
      const item = router.find(path, wanted);
      if (!item) throw noSuchItem();
      // PKCS #12 files are not made here.
      if (args.has('type') && args.get('type') !== 'pem') throw noMatch('type');
      const { [CERT]: cert, [KEY]: key, name = '' } = item.values;
      if (cert === undefined) throw failure(NOT_SIGNED);
      const passphrase = args.get('export-passphrase') ?? '';
      const base = args.get('file-name') ?? `cert_export_${name}`;
      if (passphrase !== '') {
        if (passphrase.length < SHORTEST_PASSPHRASE) throw failure(PASSPHRASE_SHORT);
        if (!caller.policies.has('sensitive')) throw notPermitted();
        const secret = key === undefined ? undefined : readPrivateKey(key, '');
        if (secret) {
          const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const;
          writeFile(router, `${base}.key`, secret.export(options).toString());
        }
      }
      writeFile(router, `${base}.crt`, cert);
      return { kind: 'done' };
    },
  };
}
