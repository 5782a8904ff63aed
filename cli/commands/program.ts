import { Command } from 'commander';
import { CONVOY_VERSION } from '../../shared/platform/process/version.ts';
import { accessCommand } from './access/command.ts';
import { auditCommand } from './audit/command.ts';
import { backupCommand } from './backup/command.ts';
import { deviceCommand } from './device/command.ts';
import { driftCommand } from './drift/command.ts';
import { doctorCommand } from './doctor/command.ts';
import { keyCommand } from './key/command.ts';
import { migrateCommand } from './migrate.ts';
import { planCommand } from './plan/command.ts';
import { policyCommand } from './policy/command.ts';
import { scheduleCommand } from './schedule/command.ts';
import { simulatorCommand } from './simulator.ts';
import { snapshotCommand } from './snapshot/command.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop/command.ts';
import { tokenCommand } from './token.ts';
import { tourCommand } from './tour.ts';
import { upCommand } from './up.ts';
import { webhookCommand } from './webhook/command.ts';
import { workflowCommand } from './workflow/command.ts';

/** The command line, all commands in the order of `--help`. */
export function createProgram(): Command {
  return (
    new Command('convoy')
      .version(CONVOY_VERSION, '--version', 'print the version')
      .description('Durable change control for RouterOS fleets: some propose, others approve, Temporal carries it out.')
      .configureHelp({ showGlobalOptions: true })
      // Behind a command's name all options are the command's: the simulator has a --version of its own.
      .enablePositionalOptions()
      .showHelpAfterError('(--help shows what there is)')
      .addCommand(upCommand())
      .addCommand(tourCommand())
      .addCommand(statusCommand())
      .addCommand(doctorCommand())
      .addCommand(deviceCommand())
      .addCommand(planCommand())
      .addCommand(snapshotCommand())
      .addCommand(driftCommand())
      .addCommand(stopCommand())
      .addCommand(accessCommand())
      .addCommand(policyCommand())
      .addCommand(webhookCommand())
      .addCommand(keyCommand())
      .addCommand(auditCommand())
      .addCommand(scheduleCommand())
      .addCommand(workflowCommand())
      .addCommand(backupCommand())
      .addCommand(tokenCommand())
      .addCommand(migrateCommand())
      .addCommand(simulatorCommand())
  );
}
