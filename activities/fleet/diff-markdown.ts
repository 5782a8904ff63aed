import type { Change } from '../../shared/domain/change.ts';

/** Groups spelled out on the card; the card travels in a URL, so it has to stay small. */
const GROUPS_AT_MOST = 4;
const NAMES_AT_MOST = 8;
const LINES_AT_MOST = 8;
const VALUE_AT_MOST = 80;

/** A diff people can read in ten seconds: devices with the same changes once. Device text is fenced as code. */
export function diffMarkdown(devices: readonly { name: string; changes: Change[] }[]): string {
  const groups = new Map<string, { names: string[]; changes: Change[] }>();
  for (const { name, changes } of devices) {
    const key = JSON.stringify(changes);
    const group = groups.get(key) ?? { names: [], changes };
    group.names.push(name);
    groups.set(key, group);
  }
  const sections = [...groups.values()].map(section);
  const hidden = sections.length - GROUPS_AT_MOST;
  return [
    ...sections.slice(0, GROUPS_AT_MOST),
    ...(hidden > 0 ? [`… and ${hidden} more group(s) of devices; get_plan shows all.`] : []),
  ].join('\n\n');
}

function section({ names, changes }: { names: string[]; changes: Change[] }): string {
  const more = names.length > NAMES_AT_MOST ? ` and ${names.length - NAMES_AT_MOST} more` : '';
  return [
    `**${names.length} device(s)**: ${names.slice(0, NAMES_AT_MOST).map(code).join(', ')}${more}`,
    '',
    '| setting | now | then |',
    '|---|---|---|',
    ...changes
      .slice(0, LINES_AT_MOST)
      .map(({ path, key, before, after }) => `| ${code(`${path} ${key}`)} | ${code(before)} | ${code(after)} |`),
    ...(changes.length > LINES_AT_MOST ? [`| … ${changes.length - LINES_AT_MOST} more | | |`] : []),
  ].join('\n');
}

/** Text as inline code, without what could end the code span or the table cell. */
function code(text: string | null): string {
  if (text === null || text === '') return '(none)';
  // A space after each comma lets a long list wrap in its cell.
  const safe = text.replace(/[`|\r\n]/g, ' ').replaceAll(/,(?=\S)/g, ', ');
  return `\`${safe.length > VALUE_AT_MOST ? `${safe.slice(0, VALUE_AT_MOST)}…` : safe}\``;
}
