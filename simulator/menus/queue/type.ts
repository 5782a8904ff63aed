import type { Change, Field, MenuDefinition, Values } from '../../engine/definition.ts';
import { failure } from '../../engine/router-error.ts';
import { text, word } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';
import { rate } from './queue-values.ts';

/** What each kind of queue can be told, and what it does when it is not. Keys of other kinds are absent. */
const KINDS: Readonly<Record<string, Values>> = {
  bfifo: { 'bfifo-limit': '15000' },
  cake: {
    'cake-ack-filter': 'none',
    'cake-atm': 'none',
    'cake-bandwidth': '0',
    'cake-diffserv': 'diffserv3',
    'cake-flowmode': 'triple-isolate',
    'cake-memlimit': '0',
    'cake-mpu': '0',
    'cake-nat': 'false',
    'cake-overhead': '0',
    'cake-rtt': '100ms',
    'cake-wash': 'false',
  },
  codel: {
    'codel-ce-threshold': 'none',
    'codel-ecn': 'false',
    'codel-interval': '100ms',
    'codel-limit': '1000',
    'codel-target': '5ms',
  },
  'fq-codel': {
    'fq-codel-ce-threshold': 'none',
    'fq-codel-ecn': 'true',
    'fq-codel-flows': '1024',
    'fq-codel-interval': '100ms',
    'fq-codel-limit': '10240',
    'fq-codel-memlimit': '33554432',
    'fq-codel-quantum': '1514',
    'fq-codel-target': '5ms',
  },
  'mq-pfifo': { 'mq-pfifo-limit': '50' },
  none: {},
  pcq: {
    'pcq-burst-rate': '0',
    'pcq-burst-threshold': '0',
    'pcq-burst-time': '10s',
    'pcq-classifier': '',
    'pcq-dst-address-mask': '32',
    'pcq-dst-address6-mask': '128',
    'pcq-limit': '50',
    'pcq-rate': '0',
    'pcq-src-address-mask': '32',
    'pcq-src-address6-mask': '128',
    'pcq-total-limit': '2000',
  },
  pfifo: { 'pfifo-limit': '50' },
  red: {
    'red-avg-packet': '1000',
    'red-burst': '20',
    'red-limit': '60',
    'red-max-threshold': '50',
    'red-min-threshold': '10',
  },
  sfq: { 'sfq-allot': '1514', 'sfq-perturb': '5' },
};

/** Options of CAKE that are absent until they are given. */
const OPTIONAL = ['cake-autorate-ingress', 'cake-overhead-scheme', 'cake-rtt-scheme'];

const OPTIONS = [...new Set([...Object.values(KINDS).flatMap((options) => Object.keys(options)), ...OPTIONAL])];

const RATES = new Set(['pcq-burst-rate', 'pcq-burst-threshold', 'pcq-rate', 'cake-bandwidth']);

/** Rows that every router has. */
const BUILTIN: readonly Values[] = [
  { name: 'default', kind: 'pfifo' },
  { name: 'ethernet-default', kind: 'pfifo' },
  { name: 'wireless-default', kind: 'sfq' },
  { name: 'synchronous-default', kind: 'red' },
  { name: 'hotspot-default', kind: 'sfq' },
  { name: 'pcq-upload-default', kind: 'pcq', 'pcq-classifier': 'src-address' },
  { name: 'pcq-download-default', kind: 'pcq', 'pcq-classifier': 'dst-address' },
  { name: 'only-hardware-queue', kind: 'none' },
  { name: 'multi-queue-ethernet-default', kind: 'mq-pfifo' },
  { name: 'default-small', kind: 'pfifo', 'pfifo-limit': '10' },
];

/** Kinds of queues that queues can be of. */
export const queueTypes: MenuDefinition = {
  path: '/queue/type',
  kind: 'list',
  noun: 'queue type',
  nameField: 'name',
  fields: {
    default: computed((item) => (isBuiltin(item.id) ? 'true' : undefined)),
    kind: { type: word(...Object.keys(KINDS)), required: true },
    name: { type: text, required: true },
    ...Object.fromEntries(OPTIONS.map((name): [string, Field] => [name, { type: RATES.has(name) ? rate : text }])),
  },
  seed: () => BUILTIN.map((row) => ({ ...KINDS[row['kind'] ?? ''], ...row })),
  collision: ({ name }, others) =>
    others.some(({ values }) => values['name'] === name) ? 'item with this name already exists' : undefined,
  prepare: fitKind,
};

/** Text for the removal of a row that every router has, which is not measured on a device. */
const BUILTIN_ROW = 'can not remove default entry';

const isBuiltin = (id: string): boolean => Number.parseInt(id.slice(1), 16) <= BUILTIN.length;

/** Options of other kinds go, those of this one get what they have when nothing is said. */
function fitKind({ kind, item, after }: Change): void {
  if (kind === 'remove') {
    if (isBuiltin(item.id)) throw failure(BUILTIN_ROW);
    return;
  }
  const own = KINDS[after['kind'] ?? ''] ?? {};
  const isCake = after['kind'] === 'cake';
  for (const name of OPTIONS) if (!(name in own) && !(isCake && OPTIONAL.includes(name))) delete after[name];
  for (const [name, value] of Object.entries(own)) after[name] ??= value;
}
