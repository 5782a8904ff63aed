import { Command } from 'commander';
import { plainText } from '../../client/plain-text.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';

/** `convoy drift remediate`. */
export function remediateDriftCommand(): Command {
  return withConnection(new Command('remediate'))
    .description('propose the plan that puts drift back; others approve it')
    .argument('<device>', 'id or name')
    .argument('[driftId...]', 'only these; default: all that is open')
    .option('--comment <text>', 'why', '')
    .action(async (device: string, driftIds: string[], flags: ConnectionFlags & { comment: string }) => {
      const { client } = await connect(flags, 'fleet:read fleet:plan');
      const { comment } = flags;
      const made = await client.remediateDrift(device, { ...(driftIds.length > 0 ? { driftIds } : {}), comment });
      if (flags.json) {
        printJson(made);
        return;
      }
      const { planId, planKind, restored, left } = made;
      print(
        planId === null
          ? 'No plan can put any of it back.'
          : `${planId} (${String(planKind)}) puts ${restored.length} objects back. See: convoy plan show ${planId}`,
      );
      for (const one of left) print(`not put back: ${plainText(`${one.menu} ${one.object}: ${one.reason}`)}`);
    });
}
