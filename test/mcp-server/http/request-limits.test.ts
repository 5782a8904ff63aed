import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { createRequestLimits } from '../../../mcp-server/http/request-limits.ts';
import { signalOf } from '../../../mcp-server/http/request-signal.ts';

it('counts a request until its response closes', () => {
  const limits = createRequestLimits({ perPrincipal: 1 });
  const response = openResponse();
  limits.enter('ann', response);
  expect(() => limits.enter('ann', openResponse())).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
  close(response);
  expect(() => limits.enter('ann', openResponse())).not.toThrow();
});

it('does not count a request whose client was gone while its token was checked', () => {
  const limits = createRequestLimits({ perPrincipal: 1, inAll: 1 });
  const response = openResponse();
  close(response);
  for (let time = 0; time < 3; time++) expect(() => limits.enter('ann', response)).not.toThrow();
  expect(signalOf(response).aborted).toBe(true);
});

function openResponse(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}

/** As a connection that is cut does. */
function close(response: ServerResponse): void {
  response.destroy();
  response.emit('close');
}
