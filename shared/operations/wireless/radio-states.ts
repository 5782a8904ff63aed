import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toRequiredText } from '../../routeros/values.ts';

/** Only a few radios fit on a board. */
const MOST_RADIOS = 4;

/** What these radios do now, by the names of their interfaces. */
export async function radioStates(
  router: Router,
  menu: string,
  radios: readonly RouterRecord[],
): Promise<ReadonlyMap<string, RouterRecord>> {
  const states = new Map<string, RouterRecord>();
  for (const row of radios.slice(0, MOST_RADIOS)) {
    const { rows } = await router.run(menu, 'monitor', { numbers: toRequiredText(row['.id'], '.id'), once: '' });
    states.set(row['name'] ?? '', rows[0] ?? {});
  }
  return states;
}
