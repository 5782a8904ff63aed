import { z } from 'zod';
import { CommentInput } from '../comment-input.ts';
import { defineWrite } from '../define-operation.ts';
import { InterfaceName } from '../list-filters.ts';
import { configuredInterface, INTERFACE } from './configured-interface.ts';

export const setInterfaceComment = defineWrite({
  name: 'set_interface_comment',
  title: 'Set interface comment',
  summary: 'Sets or clears the comment of one interface of a router, such as where its cable goes.',
  toolset: 'interfaces',
  tier: 'advanced',
  phase: 2,
  paths: [INTERFACE],
  input: z.strictObject({
    interface: InterfaceName.describe('Its name, such as "ether1"'),
    text: CommentInput.describe('The comment; an empty text clears it'),
  }),
  example: { interface: 'ether1', text: 'to the provider' },
  steps: async (router, { interface: name, text }) => {
    const row = await configuredInterface(router, name);
    const [before, after] = [row['comment'] || null, text || null];
    if (before === after) return [];
    return [{ op: 'change', menu: INTERFACE, key: { name }, before: { comment: before }, after: { comment: after } }];
  },
});
