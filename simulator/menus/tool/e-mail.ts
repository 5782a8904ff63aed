import type { CommandDefinition, MenuDefinition } from '../../engine/definition.ts';
import { failure, missingArgument } from '../../engine/router-error.ts';
import { addressBehind, answers, reachOut } from '../../network/reach-out.ts';
import { host, integer, text, word } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';
import { demandDeviceMode } from '../system/device-mode.ts';

const NO_SERVER = '0.0.0.0';

const send: CommandDefinition = {
  policy: 'test',
  parameters: [
    'as-value',
    'body',
    'cc',
    'certificate-verification',
    'file',
    'from',
    'password',
    'port',
    'server',
    'subject',
    'tls',
    'to',
    'user',
  ],
  run: (args, router) => {
    demandDeviceMode(router, 'email');
    if (args.get('to') === undefined) throw missingArgument('to');
    const settings = router.items(E_MAIL)[0];
    const server = args.get('server') ?? settings?.values['server'] ?? NO_SERVER;
    const address = server === NO_SERVER ? undefined : addressBehind(router, server);
    const sent = address !== undefined && answers(reachOut(router, address));
    if (settings) settings.internal['sent'] = sent ? 1 : 0;
    if (!sent) throw failure(address === undefined ? 'no server address' : 'timeout');
    return { kind: 'done' };
  },
};

const E_MAIL = '/tool/e-mail';

/** How the router sends mail. */
export const eMail: MenuDefinition = {
  path: E_MAIL,
  kind: 'singleton',
  noun: 'e-mail settings',
  fields: {
    'certificate-verification': {
      type: word('yes', 'no', 'yes-without-crl'),
      default: 'yes-without-crl',
      since: '7.21',
    },
    from: { type: text, default: '<>' },
    'last-status': computed((item) => {
      const { sent } = item.internal;
      return sent === undefined ? undefined : sent === 1 ? 'succeeded' : 'failed';
    }),
    password: { type: text, default: '', sensitive: true },
    port: { type: integer(0, 65_535), default: '25' },
    server: { type: host, default: NO_SERVER },
    tls: { type: word('no', 'yes', 'starttls'), default: 'no' },
    user: { type: text, default: '' },
    vrf: { type: word('main'), default: 'main' },
  },
  commands: { send },
};
