import { guardMinutesOf } from '../../shared/domain/change-guard.ts';
import type { Step } from '../../shared/domain/change.ts';
import type { Device } from '../../shared/domain/device.ts';
import type { HealthStatus } from '../../shared/domain/health-sample.ts';
import { listed, someOf } from '../../shared/domain/name-list.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { planAllowed } from '../../shared/domain/policy/admission.ts';
import { planWindowOf } from '../../shared/domain/policy/plan-window.ts';
import { policyRefused, type PolicyRefusal } from '../../shared/domain/policy/policy-refusal.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import type { PreCheck } from '../../shared/domain/pre-check.ts';
import type { DeviceHolder } from '../../shared/platform/persistence/stores/claim-store.ts';
import { protectedBy } from '../../shared/routeros/protected-objects.ts';
import { PlanRefused } from './compose-devices.ts';

/** What is known when a plan is prepared; all of it is about the devices that will be written. */
export interface PreCheckFacts {
  plan: Pick<Plan, 'kind' | 'environment' | 'rollout' | 'expiresAt' | 'comment'>;
  /** Of the plan and of its parts. */
  kinds: readonly string[];
  /** Devices of the plan, also those that already are as wanted. */
  total: number;
  approvalsNeeded: number;
  policy: Policy;
  atMs: number;
  devices: readonly { device: Device; steps: readonly Step[] }[];
  /** As last asked, of devices that were asked within a day. */
  health: ReadonlyMap<string, HealthStatus>;
  /** Devices on which a change is running, and whose; null when that could not be learned. */
  running: readonly { deviceId: string; planId: string | null }[] | null;
  /** Other plans about these devices that are not over. */
  openPlans: readonly DeviceHolder[];
}

/** Looks at everything that can be known before people decide. Fails with PlanRefused when the plan must not be made. Pure. */
export function preChecksOf(facts: PreCheckFacts): PreCheck[] {
  return [
    reachable(facts),
    healthy(facts),
    supported(facts),
    unchanged(),
    unprotected(facts),
    policy(facts),
    window(facts),
    noOtherChange(facts),
    noOtherPlan(facts),
    snapshot(),
    guard(facts),
  ];
}

function ok(check: PreCheck['check'], message: string): PreCheck {
  return { check, result: 'ok', message, devices: [] };
}

function warning(check: PreCheck['check'], message: string, devices: string[]): PreCheck {
  return { check, result: 'warning', message, devices };
}

function refused(check: PreCheck['check'], refusal: PolicyRefusal, devices: string[] = []): PlanRefused {
  return new PlanRefused(check, devices, policyRefused(refusal));
}

function reachable({ total }: PreCheckFacts): PreCheck {
  return ok('reachable', total === 1 ? 'The device answered.' : `All ${total} devices answered.`);
}

function healthy({ devices, health }: PreCheckFacts): PreCheck {
  const poor = devices.filter(({ device }) => (health.get(device.deviceId) ?? 'healthy') !== 'healthy');
  const names = poor.map(({ device }) => device.name);
  if (names.length > 0) {
    const critical = poor.filter(({ device }) => health.get(device.deviceId) === 'critical').length;
    const which = critical === 0 ? 'degraded' : critical === names.length ? 'critical' : 'degraded or critical';
    return warning('healthy', `When last asked, ${someOf(names, devices.length)} had a ${which} health.`, names);
  }
  const unknown = devices.filter(({ device }) => !health.has(device.deviceId)).length;
  const rest = unknown === 0 ? '' : ` The health of ${unknown} was not looked at within a day.`;
  return ok('healthy', `No device was degraded or critical when last asked.${rest}`);
}

function supported({ devices }: PreCheckFacts): PreCheck {
  const versions = Map.groupBy(devices, ({ device }) => device.version ?? 'an unknown version');
  const shown = [...versions].map(([version, those]) => `${version} on ${those.length}`).toSorted();
  return ok('supported', `The change fits what each device is and has. RouterOS: ${listed(shown)}.`);
}

function unchanged(): PreCheck {
  return ok(
    'unchanged_since',
    'The devices were read just now. Each is read again right before its first write, and is left alone when it differs by then.',
  );
}

function unprotected({ devices, policy: rules }: PreCheckFacts): PreCheck {
  const found = devices.flatMap(({ device, steps }) => {
    const refusal = steps.map((step) => protectedBy(rules, device, step)).find((one) => one !== null);
    return refusal === undefined ? [] : [{ name: device.name, refusal }];
  });
  const [first] = found;
  if (first === undefined) return ok('unprotected', 'Nothing that the policy protects is touched.');
  const names = found.map(({ name }) => name);
  const alike = found.filter(({ refusal }) => refusal.message === first.refusal.message).map(({ name }) => name);
  const message = `${someOf(alike, devices.length)}: ${first.refusal.message}`;
  throw refused('unprotected', { ...first.refusal, message }, names);
}

function policy({ plan, kinds, policy: rules, devices, total, approvalsNeeded }: PreCheckFacts): PreCheck {
  const { kind, environment, comment } = plan;
  const targets = devices.map(({ device }) => device);
  const refusal = planAllowed(rules, { kinds, environment, comment, targets, deviceCount: total });
  if (refusal !== null) throw refused('policy', refusal);
  const people = approvalsNeeded === 1 ? 'One person has' : `${approvalsNeeded} people have`;
  return ok('policy', `Plans of the kind ${kind} are made in ${environment}. ${people} to approve it.`);
}

function window({ plan, policy: rules, devices, atMs }: PreCheckFacts): PreCheck {
  const { notBefore } = plan.rollout;
  const fromMs = Math.max(atMs, notBefore === undefined ? atMs : Date.parse(notBefore));
  const targets = devices.map(({ device }) => device);
  const found = planWindowOf(rules, targets, fromMs);
  const from = fromMs > atMs ? ` from ${new Date(fromMs).toISOString()} on` : '';
  if (found.opens === 'never') throw refused('window', found.refusal);
  if (found.opens === 'at once') {
    const until = found.closesAt === null ? '' : `, until ${found.closesAt}`;
    return ok('window', `The devices may be changed${from === '' ? ' now' : from}${until}.`);
  }
  const { opensAt, reason } = found;
  const message = `${reason} It opens at ${opensAt}; the approved plan waits until then.`;
  if (Date.parse(opensAt) <= Date.parse(plan.expiresAt)) return ok('window', message);
  return warning('window', `${message} That is after it expires, so it must be approved before ${plan.expiresAt}.`, []);
}

function noOtherChange({ devices, running }: PreCheckFacts): PreCheck {
  if (running === null)
    return warning('no_other_change', 'It could not be learned whether other changes are running.', []);
  const by = new Map(running.map(({ deviceId, planId }) => [deviceId, planId]));
  const busy = devices.filter(({ device }) => by.has(device.deviceId)).map(({ device }) => device);
  if (busy.length === 0) return ok('no_other_change', 'No other change is running on the devices.');
  const plans = [...new Set(busy.flatMap(({ deviceId }) => by.get(deviceId) ?? []))];
  const whose = plans.length === 0 ? '' : `, of ${listed(plans)}`;
  const names = busy.map(({ name }) => name);
  const message = `Another change is running on ${someOf(names, devices.length)}${whose}.`;
  return warning('no_other_change', message, names);
}

/** Of other plans an approver reads the newest. */
const PLANS_NAMED = 5;

function noOtherPlan({ devices, openPlans }: PreCheckFacts): PreCheck {
  if (openPlans.length === 0) return ok('no_other_plan', 'No other open plan is about the devices.');
  // The order of their ids is that in which they were made.
  const newestFirst = openPlans.toSorted((one, other) => (one.planId < other.planId ? 1 : -1));
  const plans = newestFirst.map(
    ({ planId, status, devices: theirs }) =>
      `${planId} (${status.replaceAll('_', ' ')}, ${theirs.length} of the devices)`,
  );
  const names = [...new Set(openPlans.flatMap(({ devices: theirs }) => theirs.map(({ name }) => name)))];
  const message = `${someOf(names, devices.length)}: other open plans are about ${names.length === 1 ? 'it' : 'them'}: ${listed(plans, PLANS_NAMED)}. Of plans with devices in common one is carried out at a time.`;
  return warning('no_other_plan', message, names);
}

function snapshot(): PreCheck {
  return ok('snapshot', 'The configuration of each device is saved before its first write.');
}

function guard({ devices }: PreCheckFacts): PreCheck {
  const minutes = devices.flatMap(({ steps }) => guardMinutesOf(steps) ?? []);
  if (minutes.length === 0) return ok('guard', 'Nothing in the change can cut the way to a device.');
  const all =
    minutes.length === devices.length ? 'Each device takes' : `${minutes.length} of ${devices.length} devices take`;
  return ok(
    'guard',
    `The change could cut the way to a device. ${all} it back by itself within ${Math.max(...minutes)} minutes unless it is confirmed over a new connection.`,
  );
}
