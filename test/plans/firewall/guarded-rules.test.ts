import { expect, onTestFinished, test } from 'vitest';
import { writeOnce } from '../../../activities/device/steps.ts';
import { DEAD_MAN_MENUS } from '../../../activities/routeros/dead-man.ts';
import { guardSteps } from '../../../activities/routeros/guard-steps.ts';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import { guardMinutesOf } from '../../../shared/domain/change-guard.ts';
import type { Step } from '../../../shared/domain/change.ts';
import { firewallFilter } from '../../../shared/plans/firewall-filter.ts';
import type { RouterRecord } from '../../../shared/routeros/router.ts';
import { PATIENT_LIMITS, startDevice } from '../../activities/routeros/simulated-device.ts';
import { capture } from '../laws.ts';
import { FILTER } from './filter-router.ts';

const paths = [...DEAD_MAN_MENUS, ...firewallFilter.paths];

/** Rules of people without comments: the last one matches all that the others do. */
const PLAIN: readonly RouterRecord[] = [
  { chain: 'guests', action: 'accept', protocol: 'udp', 'dst-port': '53' },
  { chain: 'guests', action: 'drop', 'connection-state': 'invalid' },
  { chain: 'guests', action: 'drop' },
];

async function startGuarded() {
  const device = await startDevice({ http: true });
  onTestFinished(device.stop);
  const { router, ...opened } = openRouter({ ...device.target, limits: PATIENT_LIMITS, paths, effect: 'write' });
  onTestFinished(() => opened.close());
  for (const values of PLAIN) {
    const key = { comment: `for now ${JSON.stringify(values)}` };
    await router.add(FILTER, { ...(values as Record<string, string>), ...key }, { key });
    await router.change(FILTER, key, {}, ['comment']);
  }
  const rules = async (): Promise<RouterRecord[]> =>
    (await router.list(FILTER)).map(({ '.id': _id, bytes: _bytes, packets: _packets, ...rule }) => rule);
  const planned = async (changes: readonly object[]): Promise<Step[]> => {
    const input = firewallFilter.input.parse({ changes });
    return firewallFilter.steps(await capture(firewallFilter, router, input), input);
  };
  return { device, router, rules, planned };
}

test('the router itself takes back rules that are told apart by what they lack', async () => {
  const { device, router, rules, planned } = await startGuarded();
  const before = await rules();
  const steps = await planned([
    {
      op: 'add',
      chain: 'guests',
      ruleId: 'web',
      rule: { action: 'accept', protocol: 'tcp', dstPort: '443' },
      place: { before: { match: { action: 'drop' } } },
    },
    { op: 'remove', chain: 'guests', rule: { match: { action: 'drop', connectionState: 'invalid' } } },
    {
      op: 'move',
      chain: 'forward',
      rule: { match: { action: 'accept', connectionState: 'established,related,untracked' } },
      place: 'top',
    },
  ]);
  expect(steps.map(({ op }) => op)).toEqual(['add', 'move', 'remove']);
  expect(guardMinutesOf(steps)).toBeGreaterThan(0);

  await guardSteps(router, steps, { transaction: 'fw01', minutes: 1 });
  for (const step of steps) await writeOnce(router, step);
  expect(await rules()).not.toEqual(before);
  await device.advance(65);
  expect(await rules()).toEqual(before);
});

test('a rule that cuts the way is refused, and would have cut it on a router whose firewall filters', async () => {
  const { device, router, planned } = await startGuarded();
  const drop = { action: 'drop', protocol: 'tcp', dstPort: '80,443' };
  const cut = { op: 'add', chain: 'input', ruleId: 'cut', rule: drop, place: 'top' };
  await expect(planned([cut])).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message: expect.stringContaining('would refuse') as string,
  });

  // The same step by somebody who does not ask: it is as the refusal says, until the router takes it back itself.
  const step: Step = {
    op: 'add',
    menu: FILTER,
    key: { comment: 'convoy:cut' },
    values: { chain: 'input', action: 'drop', protocol: 'tcp', 'dst-port': '80,443', comment: 'convoy:cut' },
    placeBefore: { comment: 'defconf: accept established,related,untracked' },
  };
  const hasty = openRouter({ ...device.target, paths, effect: 'write' });
  onTestFinished(() => hasty.close());
  await guardSteps(router, [step], { transaction: 'fw02', minutes: 1 });
  await writeOnce(hasty.router, step);
  await expect(hasty.router.list(FILTER)).rejects.toMatchObject({ code: 'DEVICE_TIMEOUT' });
  await device.advance(65);
  expect((await router.list(FILTER)).filter(({ comment }) => comment === 'convoy:cut')).toEqual([]);
});
