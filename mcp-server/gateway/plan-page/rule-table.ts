import type { StandingRule } from '../../../shared/plans/firewall/rule-order.ts';
import { html, type Html } from './html.ts';
import { badge, counted, type Tone } from './plan-facts.ts';
import type { RuleStretch } from './rule-orders.ts';

const MARKS: Readonly<Record<Exclude<StandingRule['is'], 'kept'>, Tone>> = {
  added: 'good',
  changed: 'warn',
  moved: 'warn',
  removed: 'bad',
};

const TITLES: Readonly<Record<RuleStretch['together'], string>> = { chain: 'Chain', 'dst-address': 'Routes to' };

/** Rules and routes as they will stand, so that nobody has to look at the router to know what comes before what. */
export function ruleTables(stretches: readonly RuleStretch[], deviceName: string, deviceCount: number): Html {
  const as = deviceCount === 1 ? '' : ` on ${deviceName}`;
  return html`${stretches.map(
    ({ menu, together, value, lines }) =>
      html`<h4>${TITLES[together]} <code>${value}</code> of <code>${menu}</code> afterwards${as}</h4>
        <table class="rules">
          <tbody>
            ${lines.map((one) => line(one, together))}
          </tbody>
        </table>`,
  )}`;
}

function line(given: StandingRule | number, together: RuleStretch['together']): Html {
  if (typeof given === 'number') {
    return html`<tr>
      <td></td>
      <td class="dim small">${counted(given, 'rule')} as before</td>
    </tr>`;
  }
  const { values, is } = given;
  const { [together]: _, comment = '', ...rule } = values;
  const text = Object.entries(rule)
    .map(([field, value]) => (value === '' ? field : `${field}=${value}`))
    .join(' ');
  const note = comment === '' ? html`` : html` <span class="dim small">${comment}</span>`;
  const shown = html`<code>${text}</code>${note}`;
  return html`<tr>
    <td>${is === 'kept' ? html`` : badge(is, MARKS[is])}</td>
    <td>${is === 'removed' ? html`<s>${shown}</s>` : shown}</td>
  </tr>`;
}
