import type { Item, RouterView } from '../engine/definition.ts';
import { formatLocal } from '../values/local-time.ts';
import type { RouterLog } from './log.ts';
import { matchesPattern } from '../values/pattern.ts';

/**
 * Sends a line where the rules of `/system/logging` say. A line that two rules send to memory is there twice, as on
 * devices. Lines for other hosts, mail and terminals leave no trace here.
 */
export function routeLogLine(router: RouterView, log: RouterLog, topics: string, message: string): void {
  const time = formatLocal(router.clock.now(), router.timeZone());
  const words = new Set(topics.split(','));
  for (const rule of router.items('/system/logging')) {
    if (!applies(rule, words, message)) continue;
    const action = router.items('/system/logging/action').find((item) => item.id === rule.values['action']);
    const text = withPrefix(rule, message);
    if (action?.values['target'] === 'memory') {
      log.append(
        { time, topics, message: text },
        {
          name: action.id,
          most: Number(action.values['memory-lines'] ?? 1000),
          stopsWhenFull: action.values['memory-stop-on-full'] === 'true',
        },
      );
    }
    if (action?.values['target'] === 'disk') writeToDisk(router, action, `${time} ${topics} ${text}\n`);
  }
}

/** Every topic of a rule must be among those of the line, and none that it excludes with `!`. */
function applies({ values }: Item, topics: ReadonlySet<string>, message: string): boolean {
  if (values['disabled'] === 'true') return false;
  const wanted = (values['topics'] ?? '').split(',').filter((topic) => topic !== '');
  const matches = wanted.every((topic) => (topic.startsWith('!') ? !topics.has(topic.slice(1)) : topics.has(topic)));
  return matches && (!values['regex'] || matchesPattern(values['regex'], message));
}

/** How a rule's prefix is put before a line: not measured on a device. */
const PREFIX_END = ': ';

function withPrefix({ values }: Item, message: string): string {
  return values['prefix'] ? `${values['prefix']}${PREFIX_END}${message}` : message;
}

/** Lines of an action on disk, in `<disk-file-name>.<n>.txt`, newest file first; the oldest file is dropped. */
function writeToDisk(router: RouterView, action: Item, line: string): void {
  const {
    'disk-file-name': name = 'log',
    'disk-lines-per-file': most = '1000',
    'disk-file-count': files = '2',
  } = action.values;
  const fileName = (number: number): string => `${name}.${number}.txt`;
  const find = (number: number): Item | undefined =>
    router.items('/file').find((item) => item.values['name'] === fileName(number));
  const current = find(0);
  const lines = current?.internal['lines'] ?? 0;
  if (current && lines < Number(most)) {
    current.values['contents'] = `${current.values['contents'] ?? ''}${line}`;
    current.internal['lines'] = lines + 1;
    return;
  }
  if (current && action.values['disk-stop-on-full'] === 'true') return;
  router.discard('/file', (item) => item.values['name'] === fileName(Number(files) - 1));
  for (let number = Number(files) - 2; number >= 0; number--) {
    const older = find(number);
    if (older) older.values['name'] = fileName(number + 1);
  }
  const fresh = router.insert('/file', { name: fileName(0), type: '.txt file', contents: line });
  fresh.internal['lines'] = 1;
}
