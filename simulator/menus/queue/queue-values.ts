import type { Field, FieldType, Item, RouterView } from '../../engine/definition.ts';
import { badRequest, invalidValue } from '../../engine/router-error.ts';
import { anyNetwork } from '../../values/address-types.ts';
import { formatDuration, parseDurationMs } from '../../values/duration.ts';
import { reference } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';

/** `upload/download`; one value stands for both. */
function pair(type: FieldType): FieldType {
  return {
    kind: 'text',
    parse: (input, field, router) => {
      const [up = '', down = up, ...more] = input.split('/');
      if (more.length > 0) throw invalidValue(field);
      return `${type.parse(up, field, router)}/${type.parse(down, field, router)}`;
    },
    show: (stored, router) =>
      stored
        .split('/')
        .map((part) => type.show?.(part, router) ?? part)
        .join('/'),
  };
}

/** Factors of the units of rates; they are decimal. */
const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9 };

/** A rate: `10M` becomes `10000000`, in bits per second; 0 is no limit. */
export const rate: FieldType = {
  kind: 'integer',
  parse: (input, field) => {
    if (input === 'unlimited') return '0';
    const match = /^(\d+(?:\.\d+)?)([kMG]?)(?:bps)?$/i.exec(
      input.replace(/K/, 'k').replace(/m$/, 'M').replace(/g$/, 'G'),
    );
    if (!match) throw invalidValue(field);
    return String(Math.round(Number(match[1]) * (FACTORS[match[2] ?? ''] ?? 1)));
  },
};

export const ratePair: FieldType = pair(rate);

export const durationPair: FieldType = pair({
  kind: 'duration',
  parse: (input, field) => {
    const milliseconds = parseDurationMs(input);
    if (milliseconds === undefined) throw invalidValue(field);
    return formatDuration(milliseconds);
  },
});

/** Size of the bucket, as a part of the limit. */
export const bucketSize: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    const size = Number(input);
    if (input === '' || Number.isNaN(size)) throw invalidValue(field);
    if (size < 0 || size > 10) throw badRequest(`value of ${field} out of range (0..10)`);
    return String(size);
  },
};

export const bucketPair: FieldType = pair(bucketSize);

export const priority: FieldType = {
  kind: 'integer',
  parse: (input, field) => {
    if (!/^\d+$/.test(input)) throw invalidValue(field);
    if (Number(input) < 1 || Number(input) > 8) throw badRequest(`value of ${field} out of range (1..8)`);
    return String(Number(input));
  },
};

export const priorityPair: FieldType = pair(priority);

export const queueType: FieldType = reference('/queue/type');

export const queueTypePair: FieldType = pair(queueType);

/** The id of a queue type, for defaults. */
export function queueTypeId(router: RouterView, name: string): string {
  return router.items('/queue/type').find(({ values }) => values['name'] === name)?.id ?? name;
}

const anInterface = reference('/interface');

/** Networks and interfaces in a comma list; a host gets its `/32`. */
export const targets: FieldType = {
  kind: 'list',
  parse: (input, field, router) =>
    input
      .split(',')
      .map((member) => {
        const isInterface = router.items('/interface').some(({ values }) => values['name'] === member);
        return (isInterface ? anInterface : anyNetwork).parse(member, field, router);
      })
      .join(','),
  show: (stored, router) =>
    stored
      .split(',')
      .map((member) => (member.startsWith('*') ? (anInterface.show?.(member, router) ?? member) : member))
      .join(','),
};

/** What passes an enabled queue, in bytes and packets of a second. */
const PER_SECOND = { upBytes: 640, downBytes: 4100, upPackets: 3, downPackets: 5 } as const;

/** Seconds that a queue has been counting; none while it is disabled. */
export function countedSeconds(item: Item, router: RouterView): number {
  if (item.values['disabled'] === 'true') return 0;
  return Math.floor(Math.max(0, router.clock.uptimeMs() - (item.internal['countedFromMs'] ?? 0)) / 1000);
}

const figures = (item: Item, router: RouterView, up: number, down: number): [number, number] => {
  const seconds = countedSeconds(item, router);
  return [up * seconds, down * seconds];
};

const isOn = (item: Item): boolean => item.values['disabled'] !== 'true';

const asPair = ([up, down]: [number, number]): string => `${up}/${down}`;

const asTotal = ([up, down]: [number, number]): string => String(up + down);

/** Counters of a queue for both directions, and their sums. */
export const PAIR_COUNTERS: Readonly<Record<string, Field>> = {
  bytes: computed((item, router) => asPair(figures(item, router, PER_SECOND.upBytes, PER_SECOND.downBytes))),
  dropped: computed(() => '0/0'),
  'packet-rate': computed((item) => (isOn(item) ? `${PER_SECOND.upPackets}/${PER_SECOND.downPackets}` : '0/0')),
  packets: computed((item, router) => asPair(figures(item, router, PER_SECOND.upPackets, PER_SECOND.downPackets))),
  'queued-bytes': computed(() => '0/0'),
  'queued-packets': computed(() => '0/0'),
  rate: computed((item) => (isOn(item) ? `${PER_SECOND.upBytes * 8}/${PER_SECOND.downBytes * 8}` : '0/0')),
  'total-bytes': computed((item, router) => asTotal(figures(item, router, PER_SECOND.upBytes, PER_SECOND.downBytes))),
  'total-dropped': computed(() => '0'),
  'total-packet-rate': computed((item) => (isOn(item) ? String(PER_SECOND.upPackets + PER_SECOND.downPackets) : '0')),
  'total-packets': computed((item, router) =>
    asTotal(figures(item, router, PER_SECOND.upPackets, PER_SECOND.downPackets)),
  ),
  'total-queued-bytes': computed(() => '0'),
  'total-queued-packets': computed(() => '0'),
  'total-rate': computed((item) => (isOn(item) ? String((PER_SECOND.upBytes + PER_SECOND.downBytes) * 8) : '0')),
};

/** Counters of a queue of one direction. */
export const COUNTERS: Readonly<Record<string, Field>> = {
  bytes: computed((item, router) => String(PER_SECOND.downBytes * countedSeconds(item, router))),
  dropped: computed(() => '0'),
  'packet-rate': computed((item) => (isOn(item) ? String(PER_SECOND.downPackets) : '0')),
  packets: computed((item, router) => String(PER_SECOND.downPackets * countedSeconds(item, router))),
  'queued-bytes': computed(() => '0'),
  'queued-packets': computed(() => '0'),
  rate: computed((item) => (isOn(item) ? String(PER_SECOND.downBytes * 8) : '0')),
};
