import type { Change } from '../../../shared/domain/change.ts';
import { groupsOf, type PlanGroup } from '../../../shared/domain/plan-groups.ts';
import type { PreCheck } from '../../../shared/domain/pre-check.ts';
import type { StoredPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';
import { html, type Html } from './html.ts';
import { badge, counted, type Tone } from './plan-facts.ts';

/** Names that are read at a glance; the others are one click away. */
const NAMES_AT_ONCE = 12;
/** A group longer than this is opened by a click, after the first one. */
const OPEN_AT_MOST = 30;

/** Everything that is decided on: each diff once, with all of its devices, nothing left out. */
export function planChanges({ devices }: Pick<StoredPlan, 'devices'>): Html {
  const groups = groupsOf(devices);
  if (groups.length === 0)
    return html`<h2>Changes</h2>
      <p>None.</p>`;
  const kinds = groups.length === 1 ? 'the same on every device' : `${groups.length} different ones`;
  return html`<h2>Changes <span class="dim small">${kinds}</span></h2>
    ${groups.map((group, index) => section(group, index === 0 || group.changes.length <= OPEN_AT_MOST))}`;
}

function section({ names, changes }: PlanGroup, isOpen: boolean): Html {
  return html`<section class="group">
    <h3>On ${counted(names.length, 'device')}</h3>
    <p class="small">${nameList(names)}</p>
    ${
      isOpen
        ? table(changes)
        : html`<details>
            <summary>${counted(changes.length, 'setting')}</summary>
            ${table(changes)}
          </details>`
    }
  </section>`;
}

export function nameList(names: readonly string[]): Html {
  const rest = names.length - NAMES_AT_ONCE;
  if (rest <= 0) return html`${names.join(', ')}`;
  return html`<details>
    <summary>${names.slice(0, NAMES_AT_ONCE).join(', ')} and ${rest} more</summary>
    <p>${names.join(', ')}</p>
  </details>`;
}

function table(changes: readonly Change[]): Html {
  const byPath = Map.groupBy(changes, ({ path }) => path);
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Setting</th>
        <th scope="col">Now</th>
        <th scope="col">Then</th>
      </tr>
    </thead>
    <tbody>
      ${[...byPath].map(
        ([path, lines]) =>
          html`<tr class="path">
              <td colspan="3"><code>${path}</code></td>
            </tr>
            ${lines.map(row)}`,
      )}
    </tbody>
  </table>`;
}

function row({ key, before, after }: Change): Html {
  return html`<tr>
    <td><code>${key}</code></td>
    <td>${value(before, 'del')}</td>
    <td>${value(after, 'ins')}</td>
  </tr>`;
}

function value(text: string | null, as: 'del' | 'ins'): Html {
  if (text === null || text === '') return html`<span class="dim">(none)</span>`;
  // A space after each comma lets a long list wrap.
  const wrapped = text.replaceAll(/,(?=\S)/g, ', ');
  return as === 'del' ? html`<del class="value">${wrapped}</del>` : html`<ins class="value">${wrapped}</ins>`;
}

const RESULTS: Readonly<Record<PreCheck['result'], { words: string; tone: Tone }>> = {
  ok: { words: 'ok', tone: 'good' },
  warning: { words: 'read this', tone: 'warn' },
  refused: { words: 'refused', tone: 'bad' },
};

/** What was looked at when the plan was made, what needs reading first. */
export function planChecks(checks: readonly PreCheck[]): Html {
  if (checks.length === 0) return html``;
  const order = ['refused', 'warning', 'ok'];
  const sorted = checks.toSorted((one, other) => order.indexOf(one.result) - order.indexOf(other.result));
  return html`<h2>Checks made before</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Result</th>
          <th scope="col">Check</th>
          <th scope="col">What was found</th>
        </tr>
      </thead>
      <tbody>
        ${sorted.map(({ check, result, message, devices }) => {
          const { words, tone } = RESULTS[result];
          const named = devices.length === 0 ? html`` : html`<div class="small dim">${nameList(devices)}</div>`;
          return html`<tr>
            <td>${badge(words, tone)}</td>
            <td>${check.replaceAll('_', ' ')}</td>
            <td>${message}${named}</td>
          </tr>`;
        })}
      </tbody>
    </table>`;
}
