import { createHash, createPublicKey } from 'node:crypto';
import ssh2 from 'ssh2';
import type {
  Change,
  CommandDefinition,
  FieldType,
  Item,
  MenuDefinition,
  RouterView,
} from '../../engine/definition.ts';
import { failure, missingArgument, noMatch } from '../../engine/router-error.ts';
import { isAtLeast } from '../../engine/version.ts';
import { text } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';
import { FILES, findFile, readFile } from '../file/files.ts';

const KEYS = '/user/ssh-keys';

/** A user is named, not referred to by id: the key shows whose it is also when he is gone. */
const userName: FieldType = {
  kind: 'reference',
  parse: (input, field, router) => {
    const found = router.items('/user').find((item) => item.values['name'] === input || item.id === input);
    if (!found) throw noMatch(field);
    return found.values['name'] ?? '';
  },
};

/** Public keys that users log in with over SSH. Rows are added and removed, never changed. */
export const userSshKeys: MenuDefinition = {
  path: KEYS,
  kind: 'list',
  noun: 'ssh key',
  writePolicy: 'policy',
  lacks: ['set', 'comment', 'reset'],
  fields: {
    RSA: { ...computed((item) => String(item.values['key-type'] === 'rsa')), until: '7.15' },
    bits: { ...computed((item) => item.values['bits']), since: '7.15' },
    comment: { type: text, access: 'argument' },
    fingerprint: { ...computed((item) => item.values['fingerprint']), since: '7.20' },
    info: { ...computed((item) => item.values['remark']), since: '7.21' },
    key: { type: text, required: true, access: 'write-only' },
    'key-owner': { ...computed((item) => item.values['remark']), until: '7.21' },
    'key-type': { type: text, access: 'read-only' },
    user: { type: userName, required: true },
  },
  prepare: ({ kind, after }: Change, router) => {
    if (kind === 'add') Object.assign(after, readKey(after['key'] ?? '', router));
  },
  commands: { import: importCommand() },
};

/** Reads a line of an `authorized_keys` file, or refuses it as the device does. */
function readKey(line: string, router: RouterView): Record<string, string> {
  const [type = '', body = '', ...remark] = line.trim().split(/\s+/);
  const keyType = keyTypes(router)[type];
  const key = ssh2.utils.parseKey(`${type} ${body}`);
  if (keyType === undefined || key instanceof Error) throw failure(UNREADABLE);
  return {
    'key-type': keyType,
    bits: String(type === 'ssh-rsa' ? modulusBits(key.getPublicPEM()) : 256),
    fingerprint: `SHA256:${createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '')}`,
    remark: remark.join(' '),
  };
}

const UNREADABLE = 'unable to load key file (wrong format or bad passphrase)!';

/** RSA always, ed25519 since 7.12, its hardware form since 7.21; never ECDSA. */
function keyTypes({ version }: RouterView): Readonly<Record<string, string | undefined>> {
  return {
    'ssh-rsa': 'rsa',
    ...(isAtLeast(version, '7.12') ? { 'ssh-ed25519': 'ed25519' } : {}),
    ...(isAtLeast(version, '7.21') ? { 'sk-ssh-ed25519@openssh.com': 'ed25519-sk' } : {}),
  };
}

function modulusBits(pem: string): number {
  return createPublicKey(pem).asymmetricKeyDetails?.modulusLength ?? 2048;
}

/** Takes a key out of a file, which is gone then. */
function importCommand(): CommandDefinition {
  return {
    policy: 'policy',
    parameters: ['info', 'key-owner', 'public-key-file', 'user'],
    versions: { info: { since: '7.21' }, 'key-owner': { until: '7.21' } },
    writes: true,
    run: (args, router): { kind: 'done' } => {
      for (const name of ['public-key-file', 'user']) if (!args.has(name)) throw missingArgument(name);
      const path = args.get('public-key-file') ?? '';
      const key = readFile(router, path)?.toString('utf8');
      if (key === undefined) throw noMatch('public-key-file');
      const facts = readKey(key, router);
      const owner = userName.parse(args.get('user') ?? '', 'user', router);
      const remark = args.get('info') ?? args.get('key-owner') ?? facts['remark'] ?? '';
      router.insert(KEYS, { key: key.trim(), user: owner, ...facts, remark });
      const file: Item | undefined = findFile(router, path);
      router.discard(FILES, (item) => item === file);
      return { kind: 'done' };
    },
  };
}
