import { createHash } from 'node:crypto';
import type { MenuDefinition } from '../../engine/definition.ts';
import { failure } from '../../engine/router-error.ts';
import { text, word } from '../../values/field-types.ts';
import { formatLocal } from '../../values/local-time.ts';
import { MONITOR_PARAMETERS } from '../monitor.ts';
import { computed } from '../row-fields.ts';
import { softwareId } from './routerboard.ts';

const LICENSE = '/system/license';

const isBoard = ({ board }: { readonly board: { readonly model?: string } }): boolean => board.model !== undefined;
const isChr = ({ board }: { readonly board: { readonly model?: string } }): boolean => board.model === undefined;

/** The licence: of the board for good, or of a CHR for a speed. */
export const systemLicense: MenuDefinition = {
  path: LICENSE,
  kind: 'singleton',
  rows: 'read-only',
  fields: {
    'deadline-at': {
      ...computed((item, router) => (item.values['level'] === 'free' ? undefined : inDays(90, router))),
      available: isChr,
    },
    features: { ...computed(() => ''), available: isBoard },
    level: { type: text, access: 'read-only', default: 'free', available: isChr },
    'limited-upgrades': {
      ...computed((item) => (item.values['level'] === 'free' ? undefined : 'false')),
      available: isChr,
    },
    'next-renewal-at': {
      ...computed((item, router) => (item.values['level'] === 'free' ? undefined : inDays(60, router))),
      available: isChr,
    },
    nlevel: { ...computed((_item, router) => (router.board.cpuCount >= 4 ? '5' : '4')), available: isBoard },
    'software-id': { ...computed((_item, router) => softwareId(router)), available: isBoard },
    'system-id': { type: text, access: 'read-only', available: isChr },
  },
  seed: (router) => [{ 'system-id': systemId(router.index, 0) }],
  commands: {
    'generate-new-id': {
      policy: 'write',
      parameters: [],
      writes: true,
      run: (_args, router) => {
        const [item] = router.items(LICENSE);
        if (!item || router.board.model !== undefined) throw failure(ONLY_ON_CHR);
        item.internal['ids'] = (item.internal['ids'] ?? 0) + 1;
        item.values['system-id'] = systemId(router.index, item.internal['ids']);
        return { kind: 'done' };
      },
    },
    renew: {
      policy: 'write',
      parameters: ['account', 'level', 'password', ...MONITOR_PARAMETERS],
      writes: true,
      run: (args, router) => {
        const [item] = router.items(LICENSE);
        if (!item || router.board.model !== undefined) throw failure(ONLY_ON_CHR);
        word('p1', 'p10', 'p-unlimited').parse(args.get('level') ?? '', 'level', router);
        // An account of the vendor is what no lab has.
        return { kind: 'rows', rows: [{ status: 'ERROR: account not found or password is wrong' }] };
      },
    },
  },
};

/** Refusal of the licence commands on a board; the text is not measured on a device. */
const ONLY_ON_CHR = 'only available on CHR';

/** `aBcDeFgHiJk`, another one for every router and every time one is made. */
function systemId(index: number, generation: number): string {
  return createHash('sha256').update(`chr/${index}/${generation}`).digest('base64').replace(/\W/g, '').slice(0, 11);
}

function inDays(days: number, router: { readonly clock: { now(): number }; timeZone(): string }): string {
  return formatLocal(router.clock.now() + days * 86_400_000, router.timeZone());
}
