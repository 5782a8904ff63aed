import type { ConfigurationMenu } from '../../routeros/configuration-objects.ts';
import { ruleIdIn, tagOf } from '../firewall/rule-tag.ts';
import { KNOWN_MATCHERS } from '../firewall/rule-values.ts';
import { driftedFields, type FoundDrift } from './reconcile-drift.ts';
import type { Restorer } from './restore-rows.ts';

type Values = Readonly<Record<string, string>>;

/** Filter rules, by their tags or else by what they match. */
export const restoreRule: Restorer = (drift, baseline) => {
  const { kind, before, after, menu } = drift;
  const family = menu.startsWith('/ipv6') ? 'ipv6' : 'ipv4';
  const change = changeOf(drift, baseline);
  if (typeof change === 'string') return change;
  const values = kind === 'removed' ? before : after;
  const chain = values?.['chain'];
  if (chain === undefined || (before !== null && after !== null && before['chain'] !== after['chain'])) {
    return 'plan_firewall_filter moves no rule into another chain';
  }
  return { kind: 'firewall_filter', group: family, input: { family, changes: [{ chain, ...change }] } };
};

function changeOf(
  { kind, before, after, menu, objectKey }: FoundDrift,
  baseline: readonly ConfigurationMenu[],
): Record<string, unknown> | string {
  if (kind === 'added') return { op: 'remove', rule: refOf(after ?? {}) };
  if (kind === 'moved') return { op: 'move', rule: refOf(after ?? {}), place: placeOf(baseline, menu, objectKey) };
  if (kind === 'changed') {
    const set = Object.fromEntries(
      driftedFields({ before, after }).map((field) => [
        given(field),
        valueOf(field, before?.[field] ?? null, before ?? {}),
      ]),
    );
    return { op: 'modify', rule: refOf(after ?? {}), set };
  }
  const ruleId = ruleIdIn(before?.['comment']);
  // The kind names the rules it adds by a tag in their comments, which the rule that is gone did not have.
  if (ruleId === null) return 'plan_firewall_filter adds only rules that carry its tag; add the rule by hand';
  const fields = Object.entries(before ?? {}).filter(([field]) => field !== 'chain');
  const rule = Object.fromEntries(fields.map(([field, text]) => [given(field), valueOf(field, text, before ?? {})]));
  const { comment, ...others } = rule;
  return {
    op: 'add',
    ruleId,
    rule: { action: 'accept', ...others, ...(comment ? { comment } : {}) },
    place: placeOf(baseline, menu, objectKey),
  };
}

function refOf(values: Values): Record<string, unknown> {
  const ruleId = ruleIdIn(values['comment']);
  if (ruleId !== null) return { ruleId };
  const matchers = Object.entries(values).filter(([field]) => KNOWN_MATCHERS.includes(field));
  return {
    match: {
      action: values['action'] ?? 'accept',
      ...Object.fromEntries(matchers.map(([field, text]) => [given(field), text])),
    },
  };
}

/** In front of the rule that stands behind it in the baseline. */
function placeOf(baseline: readonly ConfigurationMenu[], menu: string, key: string): unknown {
  const rows = baseline.find((one) => one.menu === menu)?.rows ?? [];
  const here = rows.findIndex((row) => row.key === key);
  const chain = rows[here]?.values['chain'];
  const next = rows.slice(here + 1).find(({ values }) => values['chain'] === chain);
  return here === -1 || next === undefined ? 'bottom' : { before: refOf(next.values) };
}

/** `dst-port` as inputs call it, `dstPort`. */
function given(field: string): string {
  return field.replaceAll(/-[a-z]/g, (part) => part.slice(1).toUpperCase());
}

function valueOf(field: string, text: string | null, rule: Values): string | boolean | null {
  if (field === 'disabled' || field === 'log') return text === 'yes' || text === 'true';
  const ruleId = field === 'comment' ? ruleIdIn(rule['comment']) : null;
  const plain = ruleId === null ? text : (text ?? '').replace(tagOf(ruleId), '').trim();
  return plain === '' ? null : plain;
}
