import { Command, Option } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { capabilityOption, flagsObject, numberOption } from './options.ts';
import { renderDevice } from './render-device.ts';

interface Flags extends ConnectionFlags {
  allow?: string[];
  forbid?: string[];
  tag?: string[];
  clearTags?: true;
  maxInFlight?: number;
  requestsPerSecond?: number;
  fingerprint?: string;
  sshPort?: number;
  sshHostKey?: string;
  /** False with --no-ssh. */
  ssh: boolean;
}

/** `convoy device update`. */
export function updateDeviceCommand(): Command {
  return withConnection(new Command('update'))
    .description("set a router's capability flags, tags, limits, certificate and SSH port; what is not named stays")
    .argument('<device>', 'id or name')
    .option('--allow <flag...>', 'set these capability flags', capabilityOption)
    .option('--forbid <flag...>', 'clear these capability flags', capabilityOption)
    .option('--tag <tag...>', 'all tags; replaces the present ones')
    .option('--clear-tags', 'remove all tags')
    .option('--max-in-flight <n>', 'requests at a time, 1 to 3', numberOption)
    .option('--requests-per-second <n>', 'request rate, 0.5 to 50', numberOption)
    .option('--fingerprint <sha256>', 'connect to it and pin this certificate, which took the place of the one before')
    .addOption(
      new Option('--ssh-port <n>', 'connect to its SSH service at this port and pin its host key').argParser(
        numberOption,
      ),
    )
    .option('--ssh-host-key <SHA256:…>', 'the host key it must show; left out, the one shown now is pinned')
    .addOption(new Option('--no-ssh', 'no longer over SSH').conflicts(['sshPort', 'sshHostKey']))
    .action(async (ref: string, flags: Flags) => {
      const { allow, forbid, maxInFlight, requestsPerSecond, fingerprint, sshPort, sshHostKey } = flags;
      const tags = flags.clearTags ? [] : flags.tag;
      const patch = {
        ...(allow || forbid ? { flags: { ...flagsObject(allow, true), ...flagsObject(forbid, false) } } : {}),
        ...(tags ? { tags } : {}),
        ...(maxInFlight !== undefined || requestsPerSecond !== undefined
          ? { lane: { maxInFlight, requestsPerSecond } }
          : {}),
        ...(fingerprint === undefined ? {} : { fingerprint256: fingerprint.toUpperCase() }),
        ...(flags.ssh ? { sshPort, sshHostKey } : { sshPort: null }),
      };
      const { client } = await connect(flags, 'fleet:read fleet:admin');
      const device = await client.updateDevice(ref, patch);
      if (flags.json) printJson(device);
      else print(renderDevice(device));
    });
}
