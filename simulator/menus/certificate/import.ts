import type { CommandDefinition, Item, RouterView } from '../../engine/definition.ts';
import { missingArgument, noMatch } from '../../engine/router-error.ts';
import { boolean } from '../../values/field-types.ts';
import { readFile } from '../file/files.ts';
import { belongsTo, CERT, describe, KEY, ownValues, readPrivateKey } from './x509.ts';

/** Takes certificates, or the key of one that is there already, out of a PEM file. */
export function importCommand(path: string): CommandDefinition {
  return {
    policy: 'write',
    parameters: ['as-value', 'file-name', 'name', 'no-key-export', 'passphrase', 'trust-store', 'trusted'],
    versions: { 'no-key-export': { since: '7.15' }, trusted: { since: '7.15' }, 'trust-store': { since: '7.21' } },
    writes: true,
    secrets: ['passphrase'],
    run: (args, router) => {
      const fileName = args.get('file-name');
      if (fileName === undefined) throw missingArgument('file-name');
      const content = readFile(router, fileName)?.toString('latin1');
      if (content === undefined) throw noMatch('file-name');
      const blocks = [...content.matchAll(BLOCK)].map(([block, kind = '']) => ({ block, kind }));
      const trusted = boolean.parse(args.get('trusted') ?? 'false', 'trusted', router);
      const base = args.get('name') ?? fileName.split('/').at(-1) ?? fileName;
      const certificates = blocks.filter(({ kind }) => kind === 'CERTIFICATE');
      let imported = 0;
      for (const { block } of certificates) {
        const values = ownValues(`${block}\n`, undefined);
        if (router.items(path).some((item) => item.values['fingerprint'] === values['fingerprint'])) continue;
        const name = freeName(
          router,
          path,
          args.has('name') && certificates.length === 1 ? base : `${base}_${imported}`,
        );
        router.insert(path, { ...values, name, trusted });
        imported += 1;
      }
      const keys = blocks.filter(({ kind }) => kind.endsWith('PRIVATE KEY'));
      const found = keys.map(({ block }) => takeKey(block, args.get('passphrase') ?? '', router.items(path)));
      const count = (result: string): string => String(found.filter((one) => one === result).length);
      const facts = {
        'certificates-imported': String(imported),
        'decryption-failures': count('unreadable'),
        'files-imported': String(blocks.length > 0 ? 1 : 0),
        'keys-with-no-certificate': count('without certificate'),
        'private-keys-imported': count('imported'),
      };
      return { kind: 'done', facts };
    },
  };
}

const BLOCK = /-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g;

function takeKey(pem: string, passphrase: string, items: readonly Item[]): string {
  const key = readPrivateKey(pem, passphrase);
  if (!key) return 'unreadable';
  const owner = items.find(({ values }) => values[CERT] !== undefined && belongsTo(key, values[CERT]));
  if (!owner) return 'without certificate';
  const plain = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  owner.values = { ...owner.values, ...describe(owner.values[CERT] ?? '', plain), [KEY]: plain };
  return 'imported';
}

function freeName(router: RouterView, path: string, wanted: string): string {
  const taken = new Set(router.items(path).map((item) => item.values['name']));
  let name = wanted;
  for (let number = 1; taken.has(name); number++) name = `${wanted}_${number}`;
  return name;
}
