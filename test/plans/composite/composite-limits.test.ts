import { expect, test } from 'vitest';
import { AppError } from '../../../shared/errors/app-error.ts';
import { flagsOf, kindNamesOf, pathsOf } from '../../../shared/plans/plan-parts.ts';
import { capture } from '../laws.ts';
import { composite, menusOfBoard, routerWith, stepsFor } from './composite-router.ts';
import { dns, drop, listed, record, rule } from './parts.ts';

type Changes = { changes: { kind: string; input: Record<string, unknown> }[] };

test.each([
  [
    'one field twice',
    [dns('9.9.9.9'), dns('1.1.1.1')],
    'changes[0] (dns_ntp) and changes[1] (dns_ntp) are both about /ip/dns (servers)',
  ],
  [
    'one row twice',
    [record({ value: '192.0.2.1', comment: 'a' }), dns('9.9.9.9'), record({ value: '192.0.2.1', comment: 'b' })],
    'changes[0] (dns_static) and changes[2] (dns_static) are both about /ip/dns/static[name=files.lan',
  ],
  [
    'a row that another one removes',
    [
      { kind: 'dns_static', input: { records: [{ name: 'router.lan', type: 'A', value: '192.0.2.1' }] } },
      { kind: 'dns_static', input: { records: [{ name: 'router.lan', type: 'A', state: 'absent' }] } },
    ],
    'changes[0] (dns_static) and changes[1] (dns_static) are both about /ip/dns/static[name=router.lan',
  ],
  [
    'a list and a rule that are harmless each for itself',
    [listed('10.20.0.0/16'), drop],
    /^With changes\[[01]\] \([a-z_]+\) made, changes\[[01]\] \([a-z_]+\) is refused: .*(manage|refuse)/,
  ],
  [
    'the same in the other order',
    [drop, listed('10.20.0.0/16')],
    /^With changes\[[01]\] \([a-z_]+\) made, changes\[[01]\] \([a-z_]+\) is refused: .*(manage|refuse)/,
  ],
  [
    'two that want the same place',
    [
      rule({ action: 'accept', protocol: 'udp', dstPort: '123' }),
      {
        kind: 'firewall_filter',
        input: {
          changes: [
            {
              op: 'add',
              chain: 'input',
              ruleId: 'too',
              rule: { action: 'accept', protocol: 'udp', dstPort: '161' },
              place: 'top',
            },
          ],
        },
      },
    ],
    'changes[0] (firewall_filter) and changes[1] (firewall_filter) are both about /ip/firewall/filter[',
  ],
  [
    'what its own kind refuses',
    [
      dns('9.9.9.9'),
      { kind: 'ip_addresses', input: { addresses: [{ address: '198.51.100.1/24', interface: 'none' }] } },
    ],
    'changes[1] (ip_addresses): The router has no interface "none".',
  ],
])('refuses %s', async (_, changes, sentence) => {
  const refused = await stepsFor(routerWith(await menusOfBoard()), { changes });
  expect(refused).toBeInstanceOf(AppError);
  const { message, hint } = refused as AppError;
  if (sentence instanceof RegExp) expect(message).toMatch(sentence);
  else expect(message.slice(0, sentence.length)).toBe(sentence);
  expect(hint).toBeTruthy();
});

test('is as risky as its riskiest part, for the reasons of all', () => {
  const riskOf = (changes: Changes['changes'], facts: { environment: 'lab' | 'prod'; deviceCount: number }) =>
    composite.risk(facts, composite.input.parse({ changes }));
  const lab = { environment: 'lab', deviceCount: 1 } as const;
  const clocks = { kind: 'dns_ntp', input: { ntpServers: ['pool.ntp.org'] } };
  const names = { kind: 'identity', input: { template: '{name}' } };
  expect(riskOf([clocks, names], lab).risk).toBe('low');
  expect(riskOf([clocks, dns('9.9.9.9')], lab).risk).toBe('medium');
  const high = riskOf([clocks, drop], lab);
  expect(high.risk).toBe('high');
  expect(high.reasons).toEqual([
    'only the clocks of lab devices depend on it',
    'chain input decides who reaches the devices themselves, management included',
  ]);
  const prod = riskOf([clocks, names], { environment: 'prod', deviceCount: 1 });
  expect(prod).toEqual({ risk: 'high', reasons: ['production devices are changed'] });
});

test('needs the flags, and reads the menus, of its parts and of no other kind', () => {
  const plain = composite.input.parse({ changes: [dns('9.9.9.9'), record({ value: '192.0.2.1' })] });
  expect(flagsOf(composite, plain)).toEqual([]);
  expect(pathsOf(composite, plain).toSorted()).toEqual(['/ip/dns', '/ip/dns/static', '/system/ntp/client']);
  const more = composite.input.parse({ changes: [dns('9.9.9.9'), drop] });
  expect(flagsOf(composite, more)).toEqual(['allowFirewallWrites']);
  expect(kindNamesOf({ kind: 'composite', input: more })).toEqual(['composite', 'dns_ntp', 'firewall_filter']);
  expect(kindNamesOf({ kind: 'dns_ntp', input: {} })).toEqual(['dns_ntp']);
});

test.each([
  ['the same change twice', [dns('9.9.9.9'), dns('9.9.9.9')], 'changes[1] is the same as changes[0]'],
  [
    'what its own kind refuses',
    [dns('9.9.9.9'), { kind: 'dns_ntp', input: {} }],
    'changes[1].input: give dnsServers, ntpServers or both',
  ],
])('refuses %s before any device is read', (_, changes, sentence) => {
  expect(composite.refuse?.(composite.input.parse({ changes }))).toBe(sentence);
});

test('what one kind refuses of all devices together is refused with the place of the part', async () => {
  const input = composite.input.parse({ changes: [dns('9.9.9.9'), { kind: 'identity', input: { template: 'core' } }] });
  const menus = await menusOfBoard();
  const devices = await Promise.all(
    ['a', 'b'].map(async (name) => ({
      name,
      current: await capture(composite, routerWith(menus), input, {
        name,
        tags: [],
        environment: 'lab',
      }),
    })),
  );
  expect(composite.refuseTogether?.(devices, input)).toBe(
    'changes[1].input: template: a and b would both be called "core"',
  );
});
