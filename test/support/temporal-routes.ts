import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

/** One HTTP binding of an RPC of the Temporal server, with `{field}` where values go. */
export interface TemporalRoute {
  rpc: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  template: string;
}

const SERVICE = 'protos/api_upstream/temporal/api/workflowservice/v1/service.proto';

/** Every RPC of the Temporal server's public service, and every HTTP route it has, from the server's own declaration. */
export async function temporalService(): Promise<{ rpcs: string[]; routes: TemporalRoute[] }> {
  const bridge = path.dirname(createRequire(import.meta.url).resolve('@temporalio/core-bridge/package.json'));
  const text = await readFile(path.join(bridge, 'sdk-core/crates/protos', SERVICE), 'utf8');
  const bodies = text
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .split(/^\s*rpc /m)
    .slice(1);
  const rpcs = bodies.map((body) => /^\w+/.exec(body)?.[0] ?? '');
  const routes = bodies.flatMap((body, index) =>
    [...body.matchAll(/\b(get|post|put|patch|delete): "([^"]+)"/g)].map(([, method = '', template = '']) => ({
      rpc: rpcs[index] ?? '',
      method: method.toUpperCase() as TemporalRoute['method'],
      template,
    })),
  );
  return { rpcs, routes };
}
