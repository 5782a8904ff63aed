import { currentMs } from '../../../shared/platform/process/platform-clock.ts';
import type { PlanStatus, Risk } from '../../../shared/domain/plan.ts';
import { sayReasons } from '../../../shared/domain/say-risk.ts';
import { sayRollout } from '../../../shared/domain/say-rollout.ts';
import type { StoredPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';
import { html, type Html } from './html.ts';

export type Tone = '' | 'good' | 'warn' | 'bad';

export const STATUS_WORDS: Readonly<Record<PlanStatus, { words: string; tone: Tone }>> = {
  preparing: { words: 'Reading the devices', tone: '' },
  awaiting_approval: { words: 'Waits for approval', tone: 'warn' },
  approved: { words: 'Approved, not begun', tone: 'good' },
  rejected: { words: 'Rejected', tone: 'bad' },
  expired: { words: 'Expired', tone: '' },
  cancelled: { words: 'Cancelled', tone: '' },
  rolling_out: { words: 'Rolling out', tone: 'good' },
  paused: { words: 'Paused: a person is needed', tone: 'warn' },
  completed: { words: 'Completed', tone: 'good' },
  failed: { words: 'Failed', tone: 'bad' },
  rolling_back: { words: 'Rolling back', tone: 'warn' },
  rolled_back: { words: 'Rolled back', tone: '' },
  rollback_incomplete: { words: 'Rolled back, but not everywhere', tone: 'bad' },
};

const RISK_TONES: Readonly<Record<Risk, Tone>> = { low: 'good', medium: 'warn', high: 'bad' };

export function badge(words: string, tone: Tone): Html {
  return html`<span class="badge ${tone}">${words}</span>`;
}

/** Who wants what where, how dangerous it is, and what would happen. */
export function planFacts(plan: StoredPlan): Html {
  const changed = plan.devices.filter(({ changes }) => changes.length > 0).length;
  const same = plan.devices.length - changed;
  const words = sayRollout(plan.rollout, changed);
  const isBegun = hasBegun(plan);
  const facts: [string, Html][] = [
    ['Asked by', html`<strong>${plan.requestedByName}</strong> <span class="dim">at ${time(plan.createdAt)}</span>`],
    ['Why', plan.comment === '' ? html`<span class="dim">no reason given</span>` : html`${plan.comment}`],
    [
      'Where',
      html`<strong>${counted(changed, 'device')}</strong> in
        <strong>${plan.environment}</strong
        >${same === 0 ? '' : `; ${counted(same, 'device')} already as wanted and left alone`}`,
    ],
    [
      'Risk',
      plan.digest === '' ? html`-` : html`${badge(plan.risk, RISK_TONES[plan.risk])}${sayReasons(plan.riskReasons)}`,
    ],
    ['How', html`${words.how}${isBegun ? '' : ` ${words.start}`}`],
    ['If it fails', html`${words.onFailure}`],
    ['Taking it back', takeBack(plan, words.takeBack)],
    ...decisionFacts(plan),
    ['Digest', html`<code>${plan.digest === '' ? '-' : plan.digest}</code>`],
    ...otherPlans(plan),
  ];
  return html`<dl>
    ${facts.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** Until when it can be decided on, and until when what was decided counts. */
function decisionFacts(plan: StoredPlan): [string, Html][] {
  const { status, expiresAt, approvalValidHours: hours, approvalValidUntil: until } = plan;
  if (status === 'awaiting_approval') {
    const holds =
      hours === null
        ? ''
        : ` Approvals then hold for ${counted(hours, 'hour')} from the last one, or from when it could first begin.`;
    return [['To decide', html`Until ${time(expiresAt)}; after that the plan expires.${holds}`]];
  }
  if (until === null || !['approved', 'completed', 'failed'].includes(status)) return [];
  const lapsed = Date.parse(until) <= currentMs();
  const means = status === 'approved' ? 'it must have begun by then' : 'failed devices are tried again only until then';
  return [
    [
      'Approved',
      lapsed ? html`The approval held until ${time(until)}.` : html`The approval holds until ${time(until)}; ${means}.`,
    ],
  ];
}

/** Whether devices may have been written for it. */
export function hasBegun({ status }: Pick<StoredPlan, 'status'>): boolean {
  return !['preparing', 'awaiting_approval', 'approved', 'rejected', 'expired', 'cancelled'].includes(status);
}

function planLink(planId: string): Html {
  return html`<a href="/plans/${planId}"><code>${planId}</code></a>`;
}

/** Text in which other plans are named, with links to their pages. */
export function withPlanLinks(text: string): Html {
  const parts = text.split(/(pln_[0-9A-HJKMNP-TV-Z]{26})/);
  return parts.reduce((made, part, index) => html`${made}${index % 2 === 1 ? planLink(part) : part}`, html``);
}

function takeBack({ rollbackUntil }: StoredPlan, words: string): Html {
  return rollbackUntil === null ? html`${words}` : html`It can be taken back until ${time(rollbackUntil)}.`;
}

function otherPlans({ replaces, replacedBy }: StoredPlan): [string, Html][] {
  return [
    ...(replaces === null ? [] : [['Made anew from', planLink(replaces)] as [string, Html]]),
    ...(replacedBy === null ? [] : [['Made anew as', planLink(replacedBy)] as [string, Html]]),
  ];
}

/** A time for people, to the minute and of UTC. */
export function time(iso: string): Html {
  return html`<time datetime="${iso}">${iso.replace(/^(\S{10})T(\d\d:\d\d).*Z$/, '$1 $2 UTC')}</time>`;
}

export function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
