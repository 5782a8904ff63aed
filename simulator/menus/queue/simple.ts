import type { Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { anyNetwork } from '../../values/address-types.ts';
import { duration, reference, text } from '../../values/field-types.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';
import { counterCommands, countFromBoot, startCounting } from './counting.ts';
import {
  bucketPair,
  bucketSize,
  durationPair,
  PAIR_COUNTERS,
  priority,
  priorityPair,
  queueType,
  queueTypeId,
  queueTypePair,
  rate,
  ratePair,
  targets,
} from './queue-values.ts';

const QUEUES = '/queue/simple';

/** Text for a second queue of a name, which is not measured on a device. */
const NAME_TAKEN = 'already have queue with such name';

/** Limits for targets, upload and download of the target; the first queue that matches counts. */
export const queueSimple: MenuDefinition = {
  path: QUEUES,
  kind: 'list',
  noun: 'queue',
  nameField: 'name',
  ordered: true,
  fields: {
    ...PAIR_COUNTERS,
    'bucket-size': { type: bucketPair, default: '0.1/0.1' },
    'burst-limit': { type: ratePair, default: '0/0' },
    'burst-threshold': { type: ratePair, default: '0/0' },
    'burst-time': { type: durationPair, default: '0s/0s' },
    comment,
    disabled,
    dst: { type: dst(), canUnset: true, emptyClears: true },
    dynamic,
    invalid: computed((item, router) => String(isInvalid(item, router))),
    'limit-at': { type: ratePair, default: '0/0' },
    'max-limit': { type: ratePair, default: '0/0' },
    name: { type: text, default: freeName },
    'packet-marks': { type: text, default: '' },
    parent: { type: reference(QUEUES, ['none']), default: 'none' },
    priority: { type: priorityPair, default: '8/8' },
    queue: {
      type: queueTypePair,
      default: (router) => `${queueTypeId(router, 'default-small')}/${queueTypeId(router, 'default-small')}`,
    },
    target: { type: targets, required: true },
    time: { type: text, canUnset: true, emptyClears: true },
    'total-bucket-size': { type: bucketSize, canUnset: true },
    'total-burst-limit': { type: rate, canUnset: true },
    'total-burst-threshold': { type: rate, canUnset: true },
    'total-burst-time': { type: duration(), canUnset: true },
    'total-limit-at': { type: rate, canUnset: true },
    'total-max-limit': { type: rate, canUnset: true },
    'total-priority': { type: priority, canUnset: true },
    'total-queue': { type: queueType, canUnset: true },
  },
  collision: ({ name }, others) => (others.some(({ values }) => values['name'] === name) ? NAME_TAKEN : undefined),
  applied: startCounting,
  commands: counterCommands(QUEUES),
  booted: countFromBoot(QUEUES),
};

/** A network, or an interface. */
function dst(): MenuDefinition['fields'][string]['type'] {
  const port = reference('/interface');
  return {
    kind: 'address',
    parse: (input, field, router) =>
      (/^[\d:a-f.]+(\/\d+)?$/i.test(input) && /[.:]/.test(input) ? anyNetwork : port).parse(input, field, router),
    show: (stored, router) => (stored.startsWith('*') ? (port.show?.(stored, router) ?? stored) : stored),
  };
}

/** A queue whose interface or parent is gone limits nothing. */
function isInvalid({ values }: Item, router: RouterView): boolean {
  const ports = (values['target'] ?? '').split(',').filter((member) => member.startsWith('*'));
  const known = new Set(router.items('/interface').map(({ id }) => id));
  const parent = values['parent'] ?? 'none';
  return (
    !ports.every((id) => known.has(id)) || (parent !== 'none' && !router.items(QUEUES).some(({ id }) => id === parent))
  );
}

function freeName(router: RouterView): string {
  const taken = new Set(router.items(QUEUES).map(({ values }) => values['name']));
  let number = 1;
  while (taken.has(`queue${number}`)) number += 1;
  return `queue${number}`;
}
