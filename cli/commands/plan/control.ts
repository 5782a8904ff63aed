import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { CliError } from '../../client/cli-error.ts';
import { plainText } from '../../client/plain-text.ts';
import { listed } from '../../../shared/domain/name-list.ts';
import type { PlanView } from '../../client/shapes.ts';
import { awaitPlan } from './await-plan.ts';

interface Flags extends ConnectionFlags {
  comment?: string;
}

/** Time in which a running platform shows that a signal was taken. */
const SHOWN_WITHIN_MS = 15_000;

type ControlSignal = 'pause' | 'resume' | 'abort' | 'skip' | 'retry' | 'rollback';

/** The devices a signal is about, as arguments of its command. */
const DEVICES: Partial<Record<ControlSignal, [argument: string, description: string]>> = {
  skip: ['<device...>', 'ids or names of devices of the plan'],
  retry: ['[device...]', 'ids or names of devices of the plan; default: all that failed'],
};

/** What is said of devices that were named. */
const ABOUT: Partial<Record<ControlSignal, string>> = { skip: 'To be left out', retry: 'To be tried again' };

/** `convoy plan pause|resume|abort|skip|retry|rollback`. */
export function controlPlanCommand(signal: ControlSignal, description: string): Command {
  const [argument, about] = DEVICES[signal] ?? [];
  const command = withConnection(new Command(signal))
    .description(description)
    .argument('<planId>', 'id of the plan')
    .option('--comment <text>', 'why');
  if (argument !== undefined) command.argument(argument, about);
  return command.action(async (planId: string, ...rest: unknown[]) => {
    const [devices, flags] = argument === undefined ? [[], rest[0] as Flags] : (rest as [string[], Flags]);
    const { client } = await connect(flags, 'fleet:read fleet:plan fleet:approve');
    const before = await client.getPlan(planId);
    const deviceIds = idsOf(before, devices);
    await client.signalPlan(planId, signal, {
      comment: flags.comment ?? '',
      ...(deviceIds.length === 0 ? {} : { deviceIds }),
    });
    const changed = await awaitPlan(
      client,
      planId,
      (now) =>
        now.status !== before.status ||
        now.statusReason !== before.statusReason ||
        (signal === 'skip' && now.progress.skipped > before.progress.skipped),
      SHOWN_WITHIN_MS,
    );
    const plan = changed ?? before;
    if (flags.json) {
      printJson(plan);
      return;
    }
    const reason = plan.statusReason === null ? '' : ` (${plainText(plan.statusReason)})`;
    const lead =
      changed === null
        ? 'Sent; it takes effect once the devices that are being changed are finished. The plan is'
        : 'The plan is';
    const names = plan.devices.flatMap(({ deviceId, name }) => (deviceIds.includes(deviceId) ? [name] : []));
    const about = names.length === 0 ? '' : ` ${ABOUT[signal] ?? 'About'}: ${plainText(listed(names))}.`;
    print(`${lead} ${plan.status.replaceAll('_', ' ')}${reason}.${about}`);
  });
}

function idsOf(plan: PlanView, refs: readonly string[]): string[] {
  return refs.map((ref) => {
    const found = plan.devices.find(({ deviceId, name }) => deviceId === ref || name === ref);
    if (found === undefined) throw new CliError('VALIDATION_ERROR', `"${ref}" is no device of plan ${plan.planId}.`);
    return found.deviceId;
  });
}
