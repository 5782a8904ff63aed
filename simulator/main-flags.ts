import { parseArgs } from 'node:util';
import { z } from 'zod';
import { boardKeyOf, BOARDS } from './boards.ts';
import type { FleetOptions } from './fleet.ts';

export type MainFlags = { readonly fleet: FleetOptions; readonly json: boolean; readonly help: boolean };

/** The boards as they are written on the command line; underscores are accepted too. */
const PROFILES = Object.keys(BOARDS).map((key) => key.replaceAll('_', '-'));

export const USAGE = `Usage: main.ts [flags]

  --routers N            how many routers (default 3, at most 1000)
  --control-port N       port of the control API (default: a free one)
  --first-rest-port N    REST port of the first router, the others follow (default: free ones)
  --first-ssh-port N     SSH port of the first router, the others follow (default: free ones)
  --version V            RouterOS version (default 7.20.8)
  --profile P            board of all routers: ${PROFILES.join(', ')} (default: several in turn)
  --name-prefix TEXT     names are TEXT-01, TEXT-02, … (default lab)
  --management SIDE      uplink: you are a remote host behind ether1; bridge: one in the LAN (default uplink)
  --http                 plain HTTP instead of TLS
  --state-dir FOLDER     keeps certificates and the password over restarts
  --latency-ms N         time every request takes (default 0)
  --user NAME            management account (default convoy)
  --password TEXT        its password (default: SIMULATOR_PASSWORD, else a random one)
  --json                 print one line of JSON when ready
  --help                 this text
`;

const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

const schema = z
  .strictObject({
    routers: count(1, 1000).default(3),
    'control-port': count(0, 65_535).default(0),
    'first-rest-port': count(0, 65_535).default(0),
    'first-ssh-port': count(0, 65_535).default(0),
    version: z
      .string()
      .regex(/^7\.\d+(\.\d+)?$/, 'a RouterOS 7 version such as 7.20.8')
      .default('7.20.8'),
    profile: z
      .string()
      .transform((text, context) => {
        const key = boardKeyOf(text);
        if (key === undefined) context.addIssue(`one of ${PROFILES.join(', ')}`);
        return key;
      })
      .optional(),
    'name-prefix': z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,40}$/, 'lower-case letters, digits and hyphens')
      .default('lab'),
    management: z.enum(['uplink', 'bridge']).default('uplink'),
    http: z.boolean().default(false),
    'state-dir': z.string().min(1).optional(),
    'latency-ms': count(0, 60_000).default(0),
    user: z.string().min(1).default('convoy'),
    password: z.string().min(1).optional(),
    json: z.boolean().default(false),
    help: z.boolean().default(false),
  })
  .superRefine((flags, context) => {
    for (const flag of ['first-rest-port', 'first-ssh-port'] as const) {
      if (flags[flag] + flags.routers <= 65_536) continue;
      context.addIssue({ code: 'custom', path: [flag], message: 'the last router would be above port 65535' });
    }
  });

/** Flags that cannot be used as given; the message names the flag. */
export class FlagError extends Error {
  readonly code = 'FLAG_INVALID';
}

/** Reads the command line. The password may come from `SIMULATOR_PASSWORD` instead. */
export function readFlags(args: readonly string[], env: NodeJS.ProcessEnv): MainFlags {
  const parsed = schema.safeParse(parseCommandLine(args));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`);
    throw new FlagError(problems.join('\n'));
  }
  const flags = parsed.data;
  return {
    json: flags.json,
    help: flags.help,
    fleet: {
      routers: flags.routers,
      controlPort: flags['control-port'],
      firstRestPort: flags['first-rest-port'],
      firstSshPort: flags['first-ssh-port'],
      version: flags.version,
      board: flags.profile,
      namePrefix: flags['name-prefix'],
      management: flags.management,
      http: flags.http,
      stateDir: flags['state-dir'],
      latencyMs: flags['latency-ms'],
      user: flags.user,
      password: flags.password ?? env['SIMULATOR_PASSWORD'],
    },
  };
}

function parseCommandLine(args: readonly string[]): Record<string, unknown> {
  const text = { type: 'string' } as const;
  const toggle = { type: 'boolean' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      options: {
        routers: text,
        'control-port': text,
        'first-rest-port': text,
        'first-ssh-port': text,
        version: text,
        profile: text,
        'name-prefix': text,
        management: text,
        http: toggle,
        'state-dir': text,
        'latency-ms': text,
        user: text,
        password: text,
        json: toggle,
        help: toggle,
      },
    });
    return { ...values };
  } catch (error) {
    if (error instanceof TypeError) throw new FlagError(error.message);
    throw error;
  }
}
