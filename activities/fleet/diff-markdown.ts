import type { Change } from '../../shared/domain/change.ts';
import { groupsOf, type PlanGroup } from '../../shared/domain/plan-groups.ts';

/** The card travels in a URL, so the diff on it has to stay below this many characters. */
const DIFF_AT_MOST = 3_000;
/** How much is spelled out, from everything to as little as tells what it is about. */
const DETAILS = [
  { groups: 20, names: 60, lines: 40, value: 4_000 },
  { groups: 4, names: 12, lines: 8, value: 480 },
  { groups: 2, names: 8, lines: 4, value: 60 },
] as const;
type Detail = (typeof DETAILS)[number];

/**
 * A diff people can read in ten seconds: devices with the same changes once, device text fenced as code. When it does not
 * show everything that is decided on, it says so first.
 */
export function diffMarkdown(
  devices: readonly { deviceId: string; name: string; changes: Change[] }[],
  planId: string,
): string {
  const groups = groupsOf(devices);
  for (const detail of DETAILS) {
    const text = groups.slice(0, detail.groups).map((group) => section(group, detail));
    const isWhole = groups.length <= detail.groups && groups.every((group) => fits(group, detail));
    const markdown = [...(isWhole ? [] : [notice(planId)]), ...text].join('\n\n');
    if (markdown.length <= DIFF_AT_MOST) return markdown;
  }
  return notice(planId);
}

type Group = Pick<PlanGroup, 'names' | 'changes'>;

function notice(planId: string): string {
  return `**This page does not show everything you would approve.** Read all of it with \`convoy plan show ${planId}\` first.`;
}

function fits({ names, changes }: Group, { names: most, lines, value }: Detail): boolean {
  const isCut = (text: string | null): boolean => (text ?? '').length > value;
  return (
    names.length <= most &&
    changes.length <= lines &&
    !changes.some(({ before, after, path, key }) => isCut(before) || isCut(after) || isCut(`${path} ${key}`))
  );
}

function section({ names, changes }: Group, detail: Detail): string {
  const more = names.length > detail.names ? ` and ${names.length - detail.names} more` : '';
  const shown = names.slice(0, detail.names).map((name) => code(name, detail.value));
  const lines = changes
    .slice(0, detail.lines)
    .map(({ path, key, before, after }) => [`${path} ${key}`, before, after].map((cell) => code(cell, detail.value)))
    .map((cells) => `| ${cells.join(' | ')} |`);
  return [
    `**${names.length} device(s)**: ${shown.join(', ')}${more}`,
    '',
    '| setting | now | then |',
    '|---|---|---|',
    ...lines,
  ].join('\n');
}

/** Text as inline code, without what could end the code span or the table cell. */
function code(text: string | null, most: number): string {
  if (text === null || text === '') return '(none)';
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  // A space after each comma lets a long list wrap in its cell.
  return `\`${cut.replace(/[`|\r\n]/g, ' ').replaceAll(/,(?=\S)/g, ', ')}\``;
}
