import { expect, test } from 'vitest';
import type { Step } from '../../../shared/domain/change.ts';
import { firewallFilter } from '../../../shared/plans/firewall-filter.ts';
import type { RouterRecord } from '../../../shared/routeros/router.ts';
import { capture } from '../laws.ts';
import { routerWithRules, USUAL } from './filter-router.ts';

async function planned(
  changes: readonly object[],
  rules: readonly RouterRecord[] = USUAL,
  menus: Record<string, RouterRecord[]> = {},
): Promise<Step[]> {
  const input = firewallFilter.input.parse({ changes });
  expect(firewallFilter.refuse?.(input) ?? null).toBeNull();
  return firewallFilter.steps(await capture(firewallFilter, routerWithRules(rules, menus), input), input);
}

const add = (chain: string, rule: object, place: unknown): object => ({ op: 'add', chain, ruleId: 'new', rule, place });
const management = { match: { action: 'accept', protocol: 'tcp', dstPort: '22,443', srcAddressList: 'managers' } };
const answers = { match: { action: 'accept', connectionState: 'established,related,untracked' } };
const forwarded = { match: { action: 'accept', connectionState: 'established,related' } };
const notFromLan = { match: { action: 'drop', inInterfaceList: '!LAN' } };

const refusals: [string, object[], RegExp, RegExp][] = [
  [
    'a drop of the service in front of the accept',
    [add('input', { action: 'drop', protocol: 'tcp', dstPort: '443' }, 'top')],
    /would refuse new connections of management: www-ssl \(port 443\) from 10\.9\.0\.2/,
    /accept rule for protocol tcp, port 443 and source 10\.9\.0\.2/,
  ],
  [
    'a reject by the network of the managers',
    [add('input', { action: 'reject', srcAddress: '10.0.0.0/8' }, { before: management })],
    /rule 2 \(reject in input, "convoy:new"\) would refuse/,
    /limit the rule/,
  ],
  [
    'a drop by the list that holds them',
    [add('input', { action: 'drop', srcAddressList: 'managers' }, 'top')],
    /management/,
    /limit the rule/,
  ],
  [
    'a drop by the interface they come by',
    [add('input', { action: 'drop', inInterface: 'wan', connectionState: 'new' }, 'top')],
    /management/,
    /limit the rule/,
  ],
  [
    'a drop by a list of interfaces that includes it',
    [add('input', { action: 'drop', inInterfaceList: 'ALL' }, { after: answers })],
    /management/,
    /limit the rule/,
  ],
  [
    'a jump into a chain that drops it',
    [add('input', { action: 'jump', jumpTarget: 'guests' }, 'top')],
    /rule 7 \(drop in guests/,
    /limit the rule/,
  ],
  [
    'removing the rule that lets management in',
    [{ op: 'remove', chain: 'input', rule: management }],
    /rule 2 \(drop in input, "not from LAN"\) would refuse/,
    /accept rule for protocol tcp/,
  ],
  [
    'disabling it',
    [{ op: 'modify', chain: 'input', rule: management, set: { disabled: true } }],
    /"not from LAN"\) would refuse/,
    /accept rule/,
  ],
  [
    'narrowing it',
    [{ op: 'modify', chain: 'input', rule: management, set: { dstPort: '22' } }],
    /www-ssl \(port 443\)/,
    /accept rule/,
  ],
  [
    'moving it behind the drop',
    [{ op: 'move', chain: 'input', rule: management, place: { after: notFromLan } }],
    /management/,
    /accept rule/,
  ],
  [
    'widening a drop over the answers',
    [
      {
        op: 'modify',
        chain: 'input',
        rule: { match: { action: 'drop', connectionState: 'invalid' } },
        set: { connectionState: 'invalid,new' },
      },
    ],
    /management/,
    /accept rule/,
  ],
  [
    'refusing answers on their way out',
    [add('output', { action: 'drop', dstAddress: '10.9.0.0/24' }, 'top')],
    /packets of management: answers of/,
    /established,related/,
  ],
  [
    'a drop of everything in forward without answers before it',
    [add('forward', { action: 'drop' }, 'top')],
    /would refuse everything/,
    /connectionState "established,related,untracked"/,
  ],
  [
    'taking away what accepts answers before such a drop',
    [{ op: 'remove', chain: 'forward', rule: forwarded }],
    /rule 6 \(drop in forward, "all"\) would refuse everything/,
    /connectionState/,
  ],
];

test.each(refusals)('refuses %s', async (_what, changes, message, hint) => {
  const others = [
    { chain: 'guests', action: 'drop', comment: 'no guests' },
    { chain: 'forward', action: 'drop', comment: 'all' },
  ];
  await expect(planned(changes, [...USUAL, ...others])).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message: expect.stringMatching(message) as string,
    hint: expect.stringMatching(hint) as string,
  });
});

const allowed: [string, object[]][] = [
  ['a drop of everything behind answers and management', [add('input', { action: 'drop' }, 'bottom')]],
  ['a drop of everything in forward behind answers', [add('forward', { action: 'drop' }, 'bottom')]],
  [
    'a drop by a list that does not hold the managers',
    [add('input', { action: 'drop', srcAddressList: 'blocked' }, 'top')],
  ],
  ['a drop of another service', [add('input', { action: 'drop', protocol: 'tcp', dstPort: '23' }, 'top')]],
  ['a drop of another protocol', [add('input', { action: 'drop', protocol: 'udp', dstPort: '53' }, 'top')]],
  ['a drop by the other interface', [add('input', { action: 'drop', inInterface: 'lan' }, 'top')]],
  [
    'a drop of everybody but the managers',
    [add('input', { action: 'drop', srcAddress: '!10.9.0.0/24' }, { after: answers })],
  ],
  [
    'an accept that replaces the one that goes',
    [
      add(
        'input',
        { action: 'accept', protocol: 'tcp', dstPort: '22,443', srcAddress: '10.9.0.0/24' },
        { before: notFromLan },
      ),
      { op: 'remove', chain: 'input', rule: management },
    ],
  ],
];

test.each(allowed)('allows %s', async (_what, changes) => {
  expect(await planned(changes)).not.toEqual([]);
});

test('an empty firewall is closed in one plan, with what lets in before what keeps out', async () => {
  const steps = await planned(
    [
      {
        op: 'add',
        chain: 'input',
        ruleId: 'answers',
        rule: { action: 'accept', connectionState: 'established,related' },
        place: 'top',
      },
      {
        op: 'add',
        chain: 'input',
        ruleId: 'management',
        rule: { action: 'accept', protocol: 'tcp', srcAddress: '10.9.0.0/24' },
        place: { after: { ruleId: 'answers' } },
      },
      { op: 'add', chain: 'input', ruleId: 'rest', rule: { action: 'drop' }, place: 'bottom' },
    ],
    [],
  );
  expect(steps.map((step) => (step.op === 'add' ? step.values['comment'] : step.op))).toEqual([
    'convoy:answers',
    'convoy:management',
    'convoy:rest',
  ]);
});

test('a firewall that is dangerous already may be changed elsewhere', async () => {
  const rules = [{ chain: 'forward', action: 'drop', comment: 'all' }, ...USUAL.slice(0, 4)];
  const accept = { action: 'accept', protocol: 'tcp', dstPort: '25' };
  expect(await planned([add('forward', accept, 'top')], rules)).toHaveLength(1);
});

test('input is not touched where nothing tells how the router is managed', async () => {
  const unknown = { '/ip/service': [{ name: 'www-ssl', port: '443' }] };
  const accept = add('input', { action: 'accept', protocol: 'icmp' }, 'top');
  await expect(planned([accept], USUAL, unknown)).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message: expect.stringContaining('By which interface and address the router is managed') as string,
  });
  expect(await planned([add('forward', { action: 'accept', protocol: 'icmp' }, 'top')], USUAL, unknown)).toHaveLength(
    1,
  );
});
