import type { Step } from '../../../shared/domain/change.ts';

const serviceStep = (name: string, before: Record<string, string>, after: Record<string, string>): Step => ({
  op: 'change',
  menu: '/ip/service',
  key: { name },
  before,
  after,
});
export const TELNET_OFF = serviceStep('telnet', { disabled: 'false' }, { disabled: 'true' });
/** Nobody of our network reaches it by REST any more. */
export const LOCK_OUT = serviceStep('www-ssl', { address: '' }, { address: '192.0.2.0/24' });

export const ETHER3_OFF = { ...TELNET_OFF, menu: '/interface', key: { name: 'ether3' } } as Step;

export const MANGLE = '/ip/firewall/mangle';
const marked = (comment: string) => ({ chain: 'prerouting', action: 'accept', comment });
export const addStep = (comment: string, placeBefore: string | null = null): Step => ({
  op: 'add',
  menu: MANGLE,
  key: { comment },
  values: marked(comment),
  placeBefore: placeBefore === null ? null : { comment: placeBefore },
});
/** Every kind of step that rows have. From `a b c d` to `b' new d a`. */
export const ROW_STEPS: Step[] = [
  { op: 'move', menu: MANGLE, key: { comment: 'a' }, before: { comment: 'b' }, after: null },
  { op: 'remove', menu: MANGLE, key: { comment: 'c' }, values: marked('c'), placeBefore: { comment: 'd' } },
  addStep('new', 'd'),
  {
    op: 'change',
    menu: MANGLE,
    key: { comment: 'b' },
    before: { action: 'accept', 'src-address': null },
    after: { action: 'passthrough', 'src-address': '10.0.0.0/8' },
  },
];
