import { Command } from 'commander';
import { printJson, tell } from '../terminal.ts';
import { idOfEntry, noSuchKey, readKeyFile, writeKeyFile } from './key-file.ts';

/** `convoy key promote`. */
export function promoteKeyCommand(): Command {
  return new Command('promote')
    .description('put a master key of a file first, so that it seals as soon as a process has read it')
    .argument('<id>', 'its id')
    .requiredOption('--file <file>', 'the file of CONVOY_MASTER_KEY_FILE')
    .option('--json', 'print data as JSON')
    .action(async (id: string, { file, json }: { file: string; json?: true }) => {
      const entries = await readKeyFile(file);
      const chosen = entries.find((entry) => idOfEntry(entry) === id);
      if (chosen === undefined) throw noSuchKey(id, file);
      // Where a key without an id stands does not matter: its id is made of itself.
      const ordered = [chosen, ...entries.filter((entry) => entry !== chosen)];
      await writeKeyFile(file, ordered);
      if (json) printJson({ file, keyIds: ordered.map(idOfEntry) });
      else tell(`${id} is the first master key of ${file}. ${NEXT}`);
    });
}

const NEXT = 'Next: have every process read it (SIGHUP, or a new start), then "convoy key rotate".';
