import { AppError } from '../../errors/app-error.ts';
import type { InterfaceFacts } from './management-facts.ts';
import type { FirewallInput } from './rule-changes.ts';

/** Fails with DEVICE_REFERENCE_MISSING when a wanted rule names an interface or interface list that is not there. */
export function refuseMissingInterfaces({ names, lists }: InterfaceFacts, { changes }: FirewallInput): void {
  for (const change of changes) {
    const rule = change.op === 'add' ? change.rule : change.op === 'modify' ? change.set : {};
    for (const field of ['inInterface', 'outInterface'] as const) {
      const name = plain(rule[field]);
      if (name !== undefined && !names.includes(name) && !KINDS.test(name)) throw missing(`interface "${name}"`, field);
    }
    for (const field of ['inInterfaceList', 'outInterfaceList'] as const) {
      const name = plain(rule[field]);
      if (name !== undefined && !(name in lists) && !BUILT_IN.has(name))
        throw missing(`interface list "${name}"`, field);
    }
  }
}

/** Words that mean every interface of a kind. */
const KINDS = /^all(-(ethernet|ppp|vlan|wireless))?$/;
const BUILT_IN: ReadonlySet<string> = new Set(['all', 'none', 'dynamic', 'static']);

function plain(text: string | null | undefined): string | undefined {
  return text?.replace(/^!/, '');
}

function missing(what: string, field: string): AppError {
  return new AppError('DEVICE_REFERENCE_MISSING', {
    message: `There is no ${what}, which ${field} names.`,
    hint: 'Leave the device out, or name what it has.',
  });
}
