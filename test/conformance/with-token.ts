import type { RequestListener } from 'node:http';

/** Puts a token to requests that bring none: neither the suite nor its scenarios know any. */
export function withToken(token: string | null, answer: RequestListener): RequestListener {
  return (request, response) => {
    if (token !== null && request.headers.authorization === undefined) {
      request.rawHeaders.push('authorization', `Bearer ${token}`);
      request.headers.authorization = `Bearer ${token}`;
    }
    answer(request, response);
  };
}
