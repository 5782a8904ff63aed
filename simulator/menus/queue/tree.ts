import type { FieldType, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { noMatch } from '../../engine/router-error.ts';
import { duration, text } from '../../values/field-types.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';
import { counterCommands, countFromBoot, startCounting } from './counting.ts';
import { bucketSize, COUNTERS, priority, queueType, queueTypeId, rate } from './queue-values.ts';

const QUEUES = '/queue/tree';

/** Text for a second queue of a name, which is not measured on a device. */
const NAME_TAKEN = 'already have queue with such name';

/** `global`, another queue of the tree, or an interface; kept as its id, marked with where it is. */
const parent: FieldType = {
  kind: 'reference',
  parse: (input, field, router) => {
    if (input === 'global' || input === 'none') return input;
    const queue = router.items(QUEUES).find(({ id, values }) => values['name'] === input || id === input);
    if (queue) return `queue ${queue.id}`;
    const port = router.items('/interface').find(({ values }) => values['name'] === input);
    if (!port) throw noMatch(field);
    return `interface ${port.id}`;
  },
  show: (stored, router) => {
    const [menu = '', id] = stored.split(' ');
    if (id === undefined) return stored;
    const item = router.items(menu === 'queue' ? QUEUES : '/interface').find((candidate) => candidate.id === id);
    return item?.values['name'] ?? id;
  },
};

/** Queues for marked packets, one below the other. */
export const queueTree: MenuDefinition = {
  path: QUEUES,
  kind: 'list',
  noun: 'queue',
  nameField: 'name',
  fields: {
    ...COUNTERS,
    'bucket-size': { type: bucketSize, default: '0.1' },
    'burst-limit': { type: rate, default: '0' },
    'burst-threshold': { type: rate, default: '0' },
    'burst-time': { type: duration(), default: '0s' },
    comment,
    disabled,
    dynamic,
    invalid: computed(({ values }, router) => String(isOrphan(values['parent'] ?? '', router))),
    'limit-at': { type: rate, default: '0' },
    'max-limit': { type: rate, default: '0' },
    name: { type: text, default: freeName },
    'packet-mark': { type: text, default: '' },
    parent: { type: parent, required: true },
    priority: { type: priority, default: '8' },
    queue: { type: queueType, default: (router) => queueTypeId(router, 'default-small') },
  },
  collision: ({ name }, others) => (others.some(({ values }) => values['name'] === name) ? NAME_TAKEN : undefined),
  applied: startCounting,
  commands: counterCommands(QUEUES),
  booted: countFromBoot(QUEUES),
};

function isOrphan(stored: string, router: RouterView): boolean {
  const [menu, id] = stored.split(' ');
  if (id === undefined) return false;
  return !router.items(menu === 'queue' ? QUEUES : '/interface').some((item) => item.id === id);
}

function freeName(router: RouterView): string {
  const taken = new Set(router.items(QUEUES).map(({ values }) => values['name']));
  let number = 1;
  while (taken.has(`queue${number}`)) number += 1;
  return `queue${number}`;
}
