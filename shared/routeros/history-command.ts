import { readExportLine } from './export-line.ts';

export type HistoryVerb = 'add' | 'set' | 'remove' | 'move';

/** A command as histories and logs of routers show it: `/ip/firewall/filter/set *4 disabled=yes`, or with spaces. */
export function commandOf(
  text: string | undefined,
): { menu: string; verb: HistoryVerb; values: Record<string, string> } | null {
  const match = COMMAND.exec((text ?? '').slice(0, LONGEST_COMMAND));
  if (match === null) return null;
  const [, path = '', word = '', rest = ''] = match;
  const verb = VERBS[word] ?? 'set';
  const { values } = readExportLine(`/x ${verb === 'add' ? 'add' : 'set'}${rest}`);
  return { menu: `/${path.trim().split(/[ /]+/).filter(Boolean).join('/')}`, verb, values };
}

const COMMAND = /^\/([a-z0-9 /-]+?)[/ ](add|set|remove|move|enable|disable|unset)(?=\s|$)(.*)$/s;
const LONGEST_COMMAND = 20_000;
const VERBS: Readonly<Record<string, HistoryVerb>> = { add: 'add', remove: 'remove', move: 'move' };
