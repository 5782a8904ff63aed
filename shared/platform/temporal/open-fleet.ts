import type { Keyring } from '../encryption/keyring.ts';
import { createPayloadCodec } from '../encryption/payload-codec.ts';
import { connectTemporal, type TemporalTarget } from './connect.ts';
import { createFleetClient } from './create-fleet-client.ts';
import { createDataConverter } from './data-converter.ts';
import type { FleetClient } from './fleet-client.ts';
import type { LaneReaderOptions } from './lane-reader.ts';
import type { LaneStarterOptions } from './lane-starter.ts';
import { openNexusDoor } from './nexus-door.ts';
import { startServiceToken } from './service-token.ts';
import { loadSigningKey, SERVICE_SUBJECTS } from './temporal-token.ts';

export interface FleetConnection extends TemporalTarget, LaneStarterOptions {
  /** The frontend's HTTP port, for the fast door; left out, reads take the slower one. */
  temporalHttpUrl?: string | undefined;
  /** PKCS#8 PEM of the platform's ES256 key. */
  signingKeyFile: string;
  /** Seals what Temporal is given. */
  keyring: Keyring;
  onError: (error: unknown) => void;
  /** The fast door was found shut, or answers again. */
  onDoor?: LaneReaderOptions['onDoor'];
}

/** Opens everything the web process needs of Temporal, under its own service identity. */
export async function openFleet(options: FleetConnection): Promise<FleetClient> {
  const token = await startServiceToken({
    signingKey: await loadSigningKey(options.signingKeyFile),
    subject: SERVICE_SUBJECTS.web,
    permissions: [`${options.namespace}:write`],
    onError: options.onError,
  });
  const { keyring, namespace } = options;
  const temporal = await connectTemporal(options, token, createDataConverter({ keyring, namespace }));
  const door = options.temporalHttpUrl
    ? openNexusDoor({
        httpUrl: options.temporalHttpUrl,
        namespace,
        token: () => token.current(),
        // A lane answers sealed, or it is not a lane.
        codec: createPayloadCodec({ keyring, namespace, plain: 'refuse' }),
      })
    : null;
  return createFleetClient(temporal.client, door, {
    idleSeconds: options.idleSeconds,
    heartbeatSeconds: options.heartbeatSeconds,
    onDoor: options.onDoor,
    onClose: async () => {
      token.stop();
      await temporal.close();
    },
  });
}
