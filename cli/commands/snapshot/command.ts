import { Command } from 'commander';
import { diffSnapshotsCommand } from './diff.ts';
import { listSnapshotsCommand } from './list.ts';
import { pruneSnapshotsCommand } from './prune.ts';
import { showSnapshotCommand } from './show.ts';
import { takeSnapshotCommand } from './take.ts';

/** `convoy snapshot …`. */
export function snapshotCommand(): Command {
  return new Command('snapshot')
    .description('configurations of routers as they were: keep, read and compare them')
    .addCommand(takeSnapshotCommand())
    .addCommand(listSnapshotsCommand())
    .addCommand(showSnapshotCommand())
    .addCommand(diffSnapshotsCommand())
    .addCommand(pruneSnapshotsCommand());
}
