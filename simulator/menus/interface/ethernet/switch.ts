import type { MenuDefinition } from '../../../engine/definition.ts';
import { boolean, reference, text } from '../../../values/field-types.ts';
import { computed } from '../../row-fields.ts';
import { switchOf } from '../port-hardware.ts';

/** The switch chip behind the ports, on boards that have one. Source of the fields: manual, Switch Chip Features. */
export const switchChips: MenuDefinition = {
  path: '/interface/ethernet/switch',
  kind: 'list',
  rows: 'fixed',
  nameField: 'name',
  noun: 'switch',
  firstId: 0,
  available: ({ board }) => switchOf(board) !== undefined,
  fields: {
    'cpu-flow-control': { type: boolean, default: 'true' },
    invalid: computed(() => 'false'),
    'mirror-source': { type: reference('/interface/ethernet', ['none', 'cpu']), default: 'none' },
    'mirror-target': { type: reference('/interface/ethernet', ['none', 'cpu']), default: 'none' },
    name: { type: text },
    type: computed((_item, router) => CHIPS[router.board.model ?? ''] ?? 'IPQ-PPE'),
  },
  seed: (router) => [{ name: switchOf(router.board) ?? '' }],
};

/** Switch chips by model. Source: data sheets. */
const CHIPS: Readonly<Record<string, string>> = {
  'CRS326-24G-2S+RM': 'Marvell-98DX3236',
  'L009UiGS-RM': 'Marvell-88E6190',
  RB750Gr3: 'MediaTek-MT7621',
  'RB5009UPr+S+IN': 'Marvell-88E6393X',
  'RBD52G-5HacD2HnD': 'Atheros-8327',
};
