import { Command } from 'commander';
import { newMasterKey } from '../../../shared/platform/encryption/keyring.ts';
import { CliError } from '../../client/cli-error.ts';
import { isInteractive, print, printJson, tell } from '../terminal.ts';
import { idOfEntry, readKeyFile, writeKeyFile } from './key-file.ts';

interface Flags {
  id?: string;
  file?: string;
  print?: true;
  json?: true;
}

/** `convoy key generate`. */
export function generateKeyCommand(): Command {
  return new Command('generate')
    .description('make a new master key and put it behind the ones in a file, so that it opens and does not seal yet')
    .option('--file <file>', 'the file of CONVOY_MASTER_KEY_FILE; made with mode 0600 when it is not there')
    .option('--id <id>', 'its name: 1 to 32 letters, digits, "_" or "-" (default: made of the key)')
    .option('--print', 'write "id:base64" to standard output instead, for a secret store; not to a terminal')
    .option('--json', 'print data as JSON')
    .action(async ({ id, file, print: wantsPrint, json }: Flags) => {
      if ((file === undefined) === (wantsPrint === undefined)) {
        throw new CliError('VALIDATION_ERROR', 'Say where the key goes: either --file or --print.');
      }
      const entry = newMasterKey(id);
      const keyId = idOfEntry(entry);
      if (file === undefined) {
        // What stands in a terminal stands in its scroll-back, and perhaps in a recording.
        if (isInteractive() && process.stdout.isTTY) {
          throw new CliError('VALIDATION_ERROR', 'A key is not shown on a terminal.', {
            hint: 'Send it where it is kept: convoy key generate --print | …',
          });
        }
        print(entry);
        return;
      }
      const entries = await readKeyFile(file);
      await writeKeyFile(file, [...entries, entry]);
      if (json) printJson({ keyId, file, position: entries.length + 1 });
      else tell(`${file} holds the new master key ${keyId}, at place ${entries.length + 1}. ${NEXT}`);
    });
}

const NEXT = 'Next: have every process read it (SIGHUP, or a new start), then "convoy key promote".';
