import { Command } from 'commander';
import { exportAuditCommand } from './export.ts';
import { pruneAuditCommand } from './prune.ts';
import { verifyAuditCommand } from './verify.ts';

/** `convoy audit …`. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('verify the audit, export it, remove what is too old to keep')
    .addCommand(verifyAuditCommand())
    .addCommand(exportAuditCommand())
    .addCommand(pruneAuditCommand());
}
