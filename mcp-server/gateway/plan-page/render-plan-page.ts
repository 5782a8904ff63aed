import { planLinks } from '../../../shared/contract/plan-links.ts';
import { findPlanKind } from '../../../shared/plans/index.ts';
import type { StoredPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';
import { html, type Html } from './html.ts';
import { planChanges, planChecks, planWarnings } from './plan-changes.ts';
import { badge, counted, hasBegun, planFacts, STATUS_WORDS, withPlanLinks, type Tone } from './plan-facts.ts';
import { isMoving, planForm, type Choices } from './plan-form.ts';
import { planDevices, planProgress, planVotes } from './plan-progress.ts';
import type { RuleOrders } from './rule-orders.ts';
import { STYLE_ELEMENT } from './style.ts';

export interface PlanPage {
  plan: StoredPlan;
  /** Among which rules those of the plan will stand. */
  ruleOrders: RuleOrders;
  choices: Choices;
  /** Whoever looks. */
  signedInAs: string;
  approvalUrl: string;
  namespace: string;
  /** When the browser loads what by itself; null for never. Nothing can be typed on a page that goes away. */
  reload: { afterSeconds: number; path: string } | null;
  /** Something to read before everything else. */
  notice: { text: string; tone: Tone } | null;
}

/** One plan, whole, for a person who decides on it or follows it. */
export function renderPlanPage(page: PlanPage): string {
  const { plan, reload, notice } = page;
  const { words, tone } = STATUS_WORDS[plan.status];
  const changed = plan.devices.filter(({ changes }) => changes.length > 0).length;
  const title = `${titleOf(plan.kind)} on ${counted(changed, 'device')} in ${plan.environment}`;
  const isBegun = hasBegun(plan);
  const reason =
    plan.statusReason === null
      ? html``
      : html`<p class="notice ${tone === 'good' ? '' : tone}">${withPlanLinks(plan.statusReason)}</p>`;
  const form = reload === null ? planForm(plan, page.choices) : html``;
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${reload === null ? html`` : html`<meta http-equiv="refresh" content="${reload.afterSeconds};url=${reload.path}" />`}
        <title>${words}: ${title} · Convoy</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        ${pageHead(page)}
        <main>
          <h1>${title}</h1>
          <p>${badge(words, tone)} <code class="dim">${plan.planId}</code></p>
          ${notice === null ? html`` : html`<p class="notice ${notice.tone}" role="alert">${notice.text}</p>`} ${reason}
          ${followLink(page)} ${isBegun ? planProgress(plan) : html``} ${planFacts(plan)} ${isBegun ? form : html``}
          ${isBegun ? planDevices(plan, true) : planWarnings(plan.preChecks)} ${planChanges(plan, page.ruleOrders)}
          ${planChecks(plan.preChecks, isBegun)} ${planVotes(plan)}
          ${isBegun ? html`` : html`${form}${plan.status === 'preparing' ? html`` : planDevices(plan, false)}`}
        </main>
      </body>
    </html> `;
  return document.text;
}

/** What people call a change of the kind. */
function titleOf(kind: string): string {
  return findPlanKind(kind)?.title ?? kind.replaceAll('_', ' ');
}

function pageHead({ plan, signedInAs, approvalUrl, namespace }: PlanPage): Html {
  // On this very origin; the web process's own address plays no part here.
  const { temporal } = planLinks({ publicUrl: approvalUrl, approvalUrl, namespace }, plan.planId);
  return html`<header>
    <strong>Convoy</strong> <a href="${temporal}">Workflow in Temporal</a>
    <span>${signedInAs} · <a href="/oauth/logout">Sign out</a></span>
  </header>`;
}

/** Following loads the page again and again, which would take away what is being typed; so it is asked for. */
function followLink({ plan, reload }: PlanPage): Html {
  if (!isMoving(plan)) return html``;
  return reload === null
    ? html`<p class="small"><a href="/plans/${plan.planId}?follow">Follow it: load the page anew by itself</a></p>`
    : html`<p class="small">
        Loaded anew every ${counted(reload.afterSeconds, 'second')}.
        <a href="/plans/${plan.planId}">Stop that, to decide or to steer</a>
      </p>`;
}
