import { SETTLED_PLAN_STATUSES } from '../../../shared/domain/plan.ts';
import { progressOf } from '../../../shared/platform/persistence/plan-progress.ts';
import type { StoredPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';
import type { GatewaySignal } from '../requests.ts';
import { html, type Html } from './html.ts';
import { counted } from './plan-facts.ts';

/** What the person who looks may do to the plan now, and what keeps them from it. */
export interface Choices {
  signals: readonly GatewaySignal[];
  /** Why the person may not approve, in a sentence; null when they may. */
  whyNotApprove: string | null;
  /** Whether they must sign in anew before they decide. */
  mustSignIn: boolean;
  /** Proves that the form comes from this page. */
  token: string;
  /** What was typed before the gateway refused it. */
  comment: string;
  /** Ids of devices that were ticked before it refused to leave them out. */
  chosen: ReadonlySet<string>;
}

type Steering = Exclude<GatewaySignal, 'approve' | 'reject' | 'skip'>;

const STEERING: Readonly<Record<Steering, { label: string; look: string; means: (plan: StoredPlan) => string }>> = {
  pause: { label: 'Pause', look: '', means: () => 'Begins no more devices; those being changed are finished.' },
  resume: {
    label: 'Resume',
    look: '',
    means: ({ devices }) => {
      const { pending, failed } = progressOf(devices);
      const accepted = failed === 0 ? '' : `, and accepts that ${failed} failed`;
      return `Goes on with ${counted(pending, 'device')} still to come${accepted}.`;
    },
  },
  retry: {
    label: 'Try failed devices again',
    look: '',
    means: ({ status, devices }) => {
      const failed = counted(progressOf(devices).failed, 'device');
      return `${status === 'paused' ? `Goes on, with ${failed} that failed first` : `Rolls out to ${failed} that failed`}. Each is read before it is written.`;
    },
  },
  abort: {
    label: 'Abort',
    look: 'danger',
    means: () => 'Ends the rollout: no more devices are begun, and what is changed stays changed.',
  },
  rollback: {
    label: 'Roll back',
    look: 'danger',
    means: ({ status }) =>
      (status === 'rollback_incomplete'
        ? 'Tries once more to put back what is left.'
        : `${status === 'rolling_out' || status === 'paused' ? 'Ends the rollout and puts' : 'Puts'} every changed device back to what it was, in reverse order.`) +
      ' What somebody else changed meanwhile is left alone and named.',
  },
};

/** The decision, or the steering of a rollout: forms that are sent to the gateway and nowhere else. */
export function planForm(plan: StoredPlan, choices: Choices): Html {
  if (plan.status === 'awaiting_approval') return decisionForm(plan, choices);
  const signals = choices.signals.filter((signal): signal is Steering => signal in STEERING);
  const skip = choices.signals.includes('skip') ? skipForm(plan, choices) : html``;
  if (signals.length === 0) return skip;
  return html`<h2>${plan.status === 'paused' ? 'What can be done now' : 'Steer it'}</h2>
    ${form(
      plan,
      choices,
      html`<label for="comment">Why</label>${commentField('comment', choices, false)}
        <ul class="choices">
          ${signals.map((signal) => {
            const { label, look, means } = STEERING[signal];
            return html`<li>
              <button class="${look}" name="signal" value="${signal}">${label}</button> <span>${means(plan)}</span>
            </li>`;
          })}
        </ul>`,
    )}
    ${skip}`;
}

function decisionForm(plan: StoredPlan, choices: Choices): Html {
  const { signals, whyNotApprove, mustSignIn } = choices;
  const title = html`<h2>Your decision</h2>
    ${whyNotApprove === null ? html`` : html`<p class="notice">${whyNotApprove}</p>`}`;
  if (signals.length === 0) return title;
  if (mustSignIn) {
    return html`${title}
      <p class="notice warn">
        A decision takes a sign-in that is not long ago.
        <a href="/oauth/login?returnTo=/plans/${plan.planId}">Sign in again</a> and decide then.
      </p>`;
  }
  const mustSay = plan.approvalCommentRequired;
  return html`${title}
  ${form(
    plan,
    choices,
    html`<label for="comment">${mustSay ? 'Why (must be given)' : 'Why'}</label>
      ${commentField('comment', choices, mustSay)}
      ${signals.includes('approve') ? html`<button class="approve" name="signal" value="approve">Approve</button>` : html``}
      ${signals.includes('reject') ? html`<button class="danger" name="signal" value="reject">Reject</button>` : html``}
      <p class="small dim">You decide on exactly what is shown here; its digest goes with your decision.</p>`,
  )}`;
}

/** Devices that may still be left out: nothing was written to them. */
function skipForm(plan: StoredPlan, choices: Choices): Html {
  const open = plan.devices.filter(({ status }) => status === 'pending');
  return html`<details class="skip" ${choices.chosen.size > 0 ? html` open` : html``}>
    <summary>Leave devices out (${open.length} not begun)</summary>
    ${form(
      plan,
      choices,
      html`<fieldset>
          <legend>Devices that this plan shall not change</legend>
          ${open.map(({ deviceId, name }) => {
            const checked = choices.chosen.has(deviceId) ? html` checked` : html``;
            return html`<label><input type="checkbox" name="device" value="${deviceId}" ${checked} /> ${name}</label>`;
          })}
        </fieldset>
        <label for="skip-comment">Why</label>${commentField('skip-comment', choices, false)}
        <button name="signal" value="skip">Leave them out</button>`,
    )}
  </details>`;
}

function form({ planId, digest }: StoredPlan, { token }: Choices, content: Html): Html {
  return html`<form method="post" action="/plans/${planId}">
    <input type="hidden" name="token" value="${token}" /><input type="hidden" name="digest" value="${digest}" />
    ${content}
  </form>`;
}

function commentField(id: string, { comment }: Choices, isRequired: boolean): Html {
  return html`<textarea id="${id}" name="comment" maxlength="2000" ${isRequired ? html` required` : html``}>
${comment}</textarea>`;
}

/** Whether something may still happen to the plan by itself, so that it is worth following. */
export function isMoving({ status }: StoredPlan): boolean {
  return !(SETTLED_PLAN_STATUSES as readonly string[]).includes(status);
}
