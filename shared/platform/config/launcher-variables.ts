import { z } from 'zod';

const PORT = 'a port number from 1 to 65535';
const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .pipe(z.int().min(1).max(65_535))
  .optional();
const PATH = 'the path of a file';
const path = z.string().min(1).optional();

/** Variables of the embedded stack's launcher. */
export const LAUNCHER_VARIABLES = {
  CONVOY_TEMPORAL_UI_PORT: launcherPort('temporalUiPort', 'Embedded stack: port of the approval gateway.'),
  CONVOY_IDP_PORT: launcherPort('idpPort', 'Embedded stack: port of the identity provider.'),
  CONVOY_TEMPORAL_PORT: launcherPort('temporalPort', 'Embedded stack: gRPC port of the Temporal server.'),
  CONVOY_TEMPORAL_HTTP_PORT: launcherPort('temporalHttpPort', 'Embedded stack: HTTP port of the Temporal server.'),
  CONVOY_POSTGRES_PORT: launcherPort('postgresPort', 'Embedded stack: port of PostgreSQL.'),
  CONVOY_SIMULATOR_PORT: launcherPort('simulatorPort', "Embedded stack: port of the simulator's control API."),
  CONVOY_SIMULATOR_REST_PORT: launcherPort('simulatorRestPort', "Embedded stack: the first simulated router's port."),
  CONVOY_SIMULATOR_SSH_PORT: launcherPort(
    'simulatorSshPort',
    'Embedded stack: the SSH port of the first simulated router.',
  ),
  CONVOY_IDP_KEYS_FILE: {
    field: 'idpKeysFile',
    about: "Embedded stack: the identity provider's signing keys.",
    allowed: PATH,
    schema: path,
  },
  CONVOY_CACHE: {
    field: 'cache',
    about: 'Folder that keeps built Temporal binaries.',
    allowed: 'the path of a folder',
    schema: path,
  },
  CONVOY_TEMPORAL_SERVER: {
    field: 'temporalServer',
    about: 'Embedded stack: a ready Temporal server binary.',
    allowed: PATH,
    schema: path,
  },
  CONVOY_TEMPORAL_UI_SERVER: {
    field: 'temporalUiServer',
    about: 'Embedded stack: a ready Temporal UI binary.',
    allowed: PATH,
    schema: path,
  },
} as const;

function launcherPort<const Field extends string>(
  field: Field,
  about: string,
): { field: Field; about: string; allowed: string; schema: z.ZodType<number | undefined, string | undefined> } {
  return { field, about, allowed: PORT, schema: port };
}
