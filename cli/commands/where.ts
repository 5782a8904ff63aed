import { EMBEDDED_PASSWORD, embeddedUsers } from '../stack/idp/users.ts';
import type { StackFile } from '../stack/stack-file.ts';

/** What a person wants to know once the stack is up. */
export function whereEverythingIs(stack: StackFile, logsDir: string): string {
  const places: [string, string][] = [
    ['MCP endpoint', stack.mcpUrl],
    ['HTTP API', stack.apiUrl],
    ['console', stack.consoleUrl],
    ['Temporal UI', `${stack.temporal.uiUrl} (through the approval gateway)`],
    ['identity provider', stack.oidc.issuer],
    ['Temporal', `${stack.temporal.address}, namespace ${stack.temporal.namespace}`],
    ...(stack.simulator
      ? ([['simulated routers', `${stack.simulator.devices.length}, control API ${stack.simulator.controlUrl}`]] as [
          string,
          string,
        ][])
      : []),
    ['logs', logsDir],
  ];
  const width = Math.max(...places.map(([name]) => name.length));
  return [
    '',
    'Convoy is up.',
    '',
    ...places.map(([name, place]) => `  ${name.padEnd(width)}  ${place}`),
    '',
    ...(stack.pids.identityProvider === undefined ? [] : signIn()),
    'Try: npx convoy status · npx convoy device list --user operator · npx convoy plan list --user approver',
    'Ctrl-C stops everything.',
  ].join('\n');
}

function signIn(): string[] {
  const names = embeddedUsers.map(({ email }) => email);
  return [`Sign in as ${names.join(', ')}; the password of all of them is "${EMBEDDED_PASSWORD}".`, ''];
}
