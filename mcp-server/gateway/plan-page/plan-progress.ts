import { z } from 'zod';
import { LeftObject, sayLeft } from '../../../shared/domain/left-object.ts';
import type { PlanDeviceStatus } from '../../../shared/domain/plan.ts';
import { progressOf } from '../../../shared/platform/persistence/plan-progress.ts';
import type { StoredPlan, StoredPlanDevice } from '../../../shared/platform/persistence/stores/plan-store.ts';
import { html, type Html } from './html.ts';
import { badge, counted, time, type Tone } from './plan-facts.ts';

/** The people who decided, and decisions that did not count. */
export function planVotes(plan: StoredPlan): Html {
  const given = plan.approvals.filter(({ decision }) => decision === 'approve').length;
  const votes = plan.approvals.map(({ by, at, decision, via, comment }) => {
    const tone = decision === 'approve' ? 'good' : 'bad';
    const why = comment === '' ? html`` : html`<div>${comment}</div>`;
    return html`<tr>
      <td>${badge(decision, tone)}</td>
      <td>${by}${why}</td>
      <td>${time(at)}</td>
      <td>${via}</td>
    </tr>`;
  });
  const refused = plan.refusedDecisions.map(({ by, at, decision, code, message }) => {
    const who = by ?? 'nobody proven';
    return html`<tr>
      <td>${badge('not counted', '')}</td>
      <td>
        ${decision} by ${who}
        <div class="small dim">${code}: ${message}</div>
      </td>
      <td>${time(at)}</td>
      <td></td>
    </tr>`;
  });
  const rows = [...votes, ...refused];
  const list = html`<table>
    <thead>
      <tr>
        <th scope="col">Decision</th>
        <th scope="col">By</th>
        <th scope="col">At</th>
        <th scope="col">Through</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
  return html`<h2>Approvals <span class="dim small">${given} of ${plan.approvalsNeeded}</span></h2>
    ${rows.length === 0 ? html`<p class="dim">Nobody has decided yet.</p>` : list}`;
}

/** How far a rollout is. */
export function planProgress(plan: StoredPlan): Html {
  const { applied, failed, pending, skipped, deferred, total } = progressOf(plan.devices);
  const putBack = plan.devices.filter(({ status }) => status === 'rolled_back').length;
  const parts = [
    `${applied} changed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(putBack > 0 ? [`${putBack} put back`] : []),
    ...(pending > 0 ? [`${pending} to come`] : []),
    ...(deferred > 0 ? [`${deferred} of them not reached yet and tried again`] : []),
    ...(skipped > 0 ? [`${skipped} left alone`] : []),
  ];
  const end = plan.estimatedEndAt === null ? html`` : html` Expected to end at ${time(plan.estimatedEndAt)}.`;
  return html`<h2>Progress</h2>
    <progress max="${Math.max(total, 1)}" value="${applied + failed + skipped}">
      ${applied + failed + skipped} of ${total}
    </progress>
    <p>${parts.join(', ')} of ${counted(total, 'device')}.${end}</p>`;
}

const LeftObjects = z.array(LeftObject);

const STATES: Readonly<Record<PlanDeviceStatus, Tone>> = {
  pending: '',
  skipped: '',
  applying: 'warn',
  verifying: 'warn',
  applied: 'good',
  unhealthy: 'bad',
  failed: 'bad',
  unknown: 'bad',
  rolling_back: 'warn',
  rolled_back: '',
  rollback_failed: 'bad',
};
/** What needs a person is read first. */
const FIRST: readonly Tone[] = ['bad', 'warn', 'good', ''];
/** Devices listed without a click. */
const LISTED_AT_ONCE = 25;

/** Every device and what became of it, those with something to say first; before anything was done behind a click. */
export function planDevices({ devices }: Pick<StoredPlan, 'devices'>, isBegun: boolean): Html {
  const counts = [...Map.groupBy(devices, ({ status }) => status)].map(
    ([status, of]) => `${of.length} ${words(status)}`,
  );
  const sorted = devices.toSorted((one, other) => rankOf(one) - rankOf(other));
  const listed = isBegun ? LISTED_AT_ONCE : sorted.filter(({ error }) => error !== undefined).length;
  const rest = sorted.slice(listed);
  return html`<h2>Devices <span class="dim small">${counts.join(', ')}</span></h2>
    ${listed === 0 ? html`` : html`<div class="wide">${table(sorted.slice(0, listed))}</div>`}
    ${
      rest.length === 0
        ? html``
        : html`<details class="wide">
            <summary>${rest.length}${listed === 0 ? ' devices' : ' more'}</summary>
            ${table(rest)}
          </details>`
    }`;
}

function table(devices: readonly StoredPlanDevice[]): Html {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Device</th>
        <th scope="col">State</th>
        <th scope="col" class="most">What happened</th>
      </tr>
    </thead>
    <tbody>
      ${devices.map(({ name, status, changes, error, snapshotId }) => {
        const said =
          error === undefined
            ? html``
            : html`<code>${error.code}</code> ${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`;
        const already =
          status === 'skipped' && changes.length === 0 ? html`<span class="dim">already as wanted</span>` : html``;
        return html`<tr>
          <td class="name">${name}</td>
          <td>${badge(words(status), STATES[status])}</td>
          <td>${said}${already}${leftOn(error)}${isHurt(status) ? snapshotOf(snapshotId) : html``}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

/** What the plan left there, one object a line. */
function leftOn(error: StoredPlanDevice['error']): Html {
  const left = LeftObjects.safeParse(error?.details?.['left']);
  if (!left.success || left.data.length < 2) return html``;
  return html`<ul class="small">
    ${left.data.map((object) => html`<li>${sayLeft(object)}</li>`)}
  </ul>`;
}

/** Of a device that may not be as anybody wants it. */
function isHurt(status: PlanDeviceStatus): boolean {
  return STATES[status] === 'bad';
}

function snapshotOf(snapshotId: string | undefined): Html {
  if (snapshotId === undefined) return html``;
  return html`<div class="small dim">Its configuration before the plan: snapshot <code>${snapshotId}</code></div>`;
}

function rankOf({ status, error }: StoredPlanDevice): number {
  return error === undefined ? FIRST.indexOf(STATES[status]) : -1;
}

function words(status: string): string {
  return status.replaceAll('_', ' ');
}
