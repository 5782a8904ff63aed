import type { Router } from '../../router/router.ts';
import { isAtLeast } from '../../engine/version.ts';

/** The lines of comment that an export begins with. CHR, which is no RouterBOARD, has neither model nor serial number. */
export function exportHeader(router: Router): string[] {
  const license = router.rows('/system/license')[0];
  const board = router.rows('/system/routerboard')[0];
  const software = `# software id = ${license?.['software-id'] ?? ''}`;
  const when = `# ${headerTime(router)} by RouterOS ${router.version}`;
  if (!board?.['model']) return [when, software, '#'];
  return [when, software, '#', `# model = ${board['model']}`, `# serial number = ${board['serial-number'] ?? ''}`];
}

/** `2024-10-25 12:09:43`, and before 7.10 `oct/25/2024 12:09:43`. */
function headerTime(router: Router): string {
  const now = router.localNow();
  if (isAtLeast(router.version, '7.10')) return now;
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+) (.*)$/.exec(now) ?? [];
  return `${MONTHS[Number(month) - 1]}/${day}/${year} ${time}`;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
