import type { Step } from '../../../shared/domain/change.ts';
import { logging } from '../../../shared/plans/logging.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { cannedRouter } from '../../operations/canned-router.ts';
import { capture } from '../laws.ts';

export type Wish = Record<string, unknown>;
type Rows = readonly RouterRecord[];

export const RULES = '/system/logging';
const ACTIONS = '/system/logging/action';

export const REMOTE = { remote: '0.0.0.0', 'remote-port': '514', 'syslog-facility': 'daemon' };

/** A router with 7.18 or later has formats. */
export function routerWith(
  actions: Rows,
  rules: Rows,
  formats: RouterRecord = { 'remote-log-format': 'default' },
): Router {
  return cannedRouter({
    [ACTIONS]: [
      { '.id': '*0', name: 'memory', target: 'memory', 'memory-lines': '1000', default: 'true' },
      { '.id': '*1', name: 'disk', target: 'disk', 'disk-lines-per-file': '1000', default: 'true' },
      { '.id': '*2', name: 'echo', target: 'echo', default: 'true' },
      { '.id': '*3', name: 'remote', target: 'remote', ...REMOTE, ...formats, default: 'true' },
      ...actions.map((row, index) => ({ '.id': `*${index + 4}`, ...row })),
    ],
    [RULES]: [
      { '.id': '*1', topics: 'info', action: 'memory', prefix: '', disabled: 'false', default: 'true' },
      { '.id': '*2', topics: 'critical', action: 'echo', prefix: '', disabled: 'false', default: 'true' },
      ...rules.map((row, index) => ({ '.id': `*${index + 3}`, prefix: '', disabled: 'false', ...row })),
    ],
  });
}

export async function stepsFor(
  { actions = [], rules = [], formats }: { actions?: Rows; rules?: Rows; formats?: RouterRecord },
  wish: Wish,
): Promise<Step[]> {
  const input = logging.input.parse(wish);
  return logging.steps(await capture(logging, routerWith(actions, rules, formats), input), input);
}

export const old = { formats: { 'bsd-syslog': 'false' } };
export const syslog = { name: 'central', target: 'remote', remote: '10.20.0.5' };
