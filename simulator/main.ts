import { type Fleet, PortTakenError, startFleet } from './fleet.ts';
import { FlagError, readFlags, USAGE } from './main-flags.ts';

/** Runs a fleet until SIGTERM, SIGINT, or the end of the IPC channel of the process that started it. */
async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2), process.env);
  if (flags.help) {
    process.stdout.write(USAGE);
    return;
  }
  const fleet = await startFleet(flags.fleet);
  const stop = (): void => void fleet.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
  process.stdout.write(flags.json ? `${JSON.stringify(announcement(fleet))}\n` : table(fleet));
}

function announcement({ controlUrl, devices }: Fleet): Pick<Fleet, 'controlUrl' | 'devices'> {
  return { controlUrl, devices };
}

function table({ controlUrl, devices }: Fleet): string {
  const rows = devices.map(({ name, host, restPort, sshPort, version, model, user, password, fingerprint }) => [
    name,
    `${fingerprint === '' ? 'http' : 'https'}://${host}:${restPort}/rest`,
    String(sshPort),
    version,
    model,
    user,
    password,
  ]);
  const lines = [['NAME', 'REST', 'SSH', 'VERSION', 'MODEL', 'USER', 'PASSWORD'], ...rows];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length))) ?? [];
  const body = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${body.join('\n')}\n\nControl API: ${controlUrl}/devices   (Ctrl-C stops)\n`;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof FlagError || error instanceof PortTakenError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
