import type { Change } from '../../../shared/domain/change.ts';
import { groupsOf, type PlanGroup } from '../../../shared/domain/plan-groups.ts';
import type { PreCheck } from '../../../shared/domain/pre-check.ts';
import { sayValue } from '../../../shared/domain/say-value.ts';
import type { StoredPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';
import { html, type Html } from './html.ts';
import { badge, counted, withPlanLinks, type Tone } from './plan-facts.ts';
import type { RuleOrders } from './rule-orders.ts';
import { ruleTables } from './rule-table.ts';

/** Names that are read at a glance; the others are one click away. */
const NAMES_AT_ONCE = 12;
/** A group longer than this is opened by a click, after the first one. */
const OPEN_AT_MOST = 30;

/** Everything that is decided on: each diff once, with all of its devices, nothing left out. */
export function planChanges({ devices }: Pick<StoredPlan, 'devices'>, ruleOrders: RuleOrders): Html {
  const groups = groupsOf(devices);
  const asWanted = devices.filter(({ changes }) => changes.length === 0).map(({ name }) => name);
  const kinds = groups.length === 1 ? 'the same on every device' : `${groups.length} different ones`;
  return html`<h2>Changes ${groups.length === 0 ? '' : html`<span class="dim small">${kinds}</span>`}</h2>
    ${groups.length === 0 ? html`<p>None.</p>` : html``}
    ${groups.map((group, index) => section(group, ruleOrders, index === 0 || group.changes.length <= OPEN_AT_MOST))}
    ${asWanted.length === 0 || groups.length === 0 ? html`` : html`<div class="small"><strong>Left alone</strong>, because already as wanted: ${nameList(asWanted)}</div>`}`;
}

function section({ deviceIds, names, changes }: PlanGroup, ruleOrders: RuleOrders, isOpen: boolean): Html {
  const rules = ruleTables(ruleOrders.get(deviceIds[0] ?? '') ?? [], names[0] ?? '', names.length);
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
    ${rules}
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
              <td colspan="3">${MARKS[entryOf(path, lines)]} <code>${path}</code></td>
            </tr>
            ${lines.map((line) => row(line, entryOf(path, lines)))}`,
      )}
    </tbody>
  </table>`;
}

type Entry = 'added' | 'removed' | 'moved' | 'changed';
const MARKS: Readonly<Record<Entry, Html>> = {
  added: badge('added', 'good'),
  removed: badge('removed', 'bad'),
  moved: badge('moved', 'warn'),
  changed: html``,
};

/** What becomes of the row of the path: one that comes or goes has the fields that name it among its lines. */
function entryOf(path: string, lines: readonly Change[]): Entry {
  const naming = /\[([^=\]]+)=/.exec(path)?.[1];
  const named = lines.find(({ key }) => key === naming);
  if (named !== undefined && named.before === null) return 'added';
  if (named !== undefined && named.after === null) return 'removed';
  return lines.every(({ key }) => key === 'position') ? 'moved' : 'changed';
}

function row({ key, before, after }: Change, entry: Entry): Html {
  return html`<tr>
    <td><code>${key}</code></td>
    <td>${entry === 'added' ? html`` : value(key, before, 'del')}</td>
    <td>${entry === 'removed' ? html`` : value(key, after, 'ins')}</td>
  </tr>`;
}

function value(key: string, held: string | null, as: 'del' | 'ins'): Html {
  const text = sayValue(key, held);
  // A comment may read so by itself: that one is there.
  if (!held && text === '(none)') return html`<span class="dim">${text}</span>`;
  // A space after each comma lets a long list wrap.
  const wrapped = text.replaceAll(/,(?=\S)/g, ', ');
  return as === 'del' ? html`<del class="value">${wrapped}</del>` : html`<ins class="value">${wrapped}</ins>`;
}

const RESULTS: Readonly<Record<PreCheck['result'], { words: string; tone: Tone }>> = {
  ok: { words: 'ok', tone: 'good' },
  warning: { words: 'read this', tone: 'warn' },
  refused: { words: 'refused', tone: 'bad' },
};

/** What needs reading before anything else; nothing when nothing does. */
export function planWarnings(checks: readonly PreCheck[]): Html {
  const order = ['refused', 'warning'];
  const wrong = checks.filter(({ result }) => result !== 'ok');
  if (wrong.length === 0) return html``;
  return html`<h2>To be read first</h2>
    ${checkTable(wrong.toSorted((one, other) => order.indexOf(one.result) - order.indexOf(other.result)))}`;
}

/** What was looked at when the plan was made and is as it should be; of a plan that has begun it is history, a click away. */
export function planChecks(checks: readonly PreCheck[], isBegun: boolean): Html {
  const fine = checks.filter(({ result }) => result === 'ok');
  const shown = isBegun ? checks : fine;
  if (shown.length === 0) return html``;
  const title = html`<h2>
    Checks made before <span class="dim small">${fine.length} of ${checks.length} are fine</span>
  </h2>`;
  if (!isBegun) return html`${title}${checkTable(fine)}`;
  return html`${title}
    <details>
      <summary>${counted(checks.length, 'check')}</summary>
      ${checkTable(shown)}
    </details>`;
}

function checkTable(checks: readonly PreCheck[]): Html {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Result</th>
        <th scope="col">Check</th>
        <th scope="col">What was found</th>
      </tr>
    </thead>
    <tbody>
      ${checks.map(({ check, result, message, devices }) => {
        const { words, tone } = RESULTS[result];
        // Of few devices the message has the names itself.
        const isNamed = devices.every((name) => message.includes(name));
        return html`<tr>
          <td>${badge(words, tone)}</td>
          <td class="name">${check.replaceAll('_', ' ')}</td>
          <td>
            ${withPlanLinks(message)}${isNamed ? html`` : html`<div class="small dim">${nameList(devices)}</div>`}
          </td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}
