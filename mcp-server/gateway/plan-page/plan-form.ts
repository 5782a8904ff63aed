import { SETTLED_PLAN_STATUSES } from '../../../shared/domain/plan.ts';
import type { StoredPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';
import type { GatewaySignal } from '../requests.ts';
import { html, type Html } from './html.ts';

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
}

const LABELS: Readonly<Record<GatewaySignal, { label: string; look: string }>> = {
  approve: { label: 'Approve', look: 'approve' },
  reject: { label: 'Reject', look: 'danger' },
  pause: { label: 'Pause', look: '' },
  resume: { label: 'Resume', look: '' },
  abort: { label: 'Abort: start no more devices', look: 'danger' },
  rollback: { label: 'Roll back: put every changed device back', look: 'danger' },
  skip: { label: 'Skip', look: '' },
  retry: { label: 'Try failed devices once more', look: '' },
};

/** The decision, or the steering of a rollout: a form that is sent to the gateway and nowhere else. */
export function planForm(plan: StoredPlan, choices: Choices): Html {
  const { signals, whyNotApprove, mustSignIn } = choices;
  const isOpen = plan.status === 'awaiting_approval';
  const title = isOpen ? 'Your decision' : 'Steer it';
  const hint = isOpen && whyNotApprove !== null ? html`<p class="notice">${whyNotApprove}</p>` : html``;
  if (signals.length === 0)
    return isOpen
      ? html`<h2>${title}</h2>
          ${hint}`
      : html``;
  if (isOpen && mustSignIn) {
    return html`<h2>${title}</h2>
      ${hint}
      <p class="notice warn">
        A decision takes a sign-in that is not long ago.
        <a href="/oauth/login?returnTo=/plans/${plan.planId}">Sign in again</a> and decide then.
      </p>`;
  }
  const mustSay = isOpen && plan.approvalCommentRequired;
  const label = mustSay ? 'Why (must be given)' : 'Why';
  return html`<h2>${title}</h2>
    ${hint}
    <form method="post" action="/plans/${plan.planId}">
      <input type="hidden" name="token" value="${choices.token}" /><input
        type="hidden"
        name="digest"
        value="${plan.digest}"
      />
      <label for="comment">${label}</label>
      <textarea id="comment" name="comment" maxlength="2000" ${mustSay ? html` required` : html``}>
${choices.comment}</textarea>
      ${signals.map((signal) => html`<button class="${LABELS[signal].look}" name="signal" value="${signal}">${LABELS[signal].label}</button>`)}
      ${isOpen ? html`<p class="small dim">You decide on exactly what is shown here; its digest goes with your decision.</p>` : html``}
    </form>`;
}

/** Whether something may still happen to the plan by itself, so that it is worth following. */
export function isMoving({ status }: StoredPlan): boolean {
  return !(SETTLED_PLAN_STATUSES as readonly string[]).includes(status);
}
