import type { RouterView } from '../engine/definition.ts';
import type { Candidate } from './routes.ts';

/** Routes that neighbours told the router. */
export function learnedRoutes(_router: RouterView, _family: 4 | 6): readonly Candidate[] {
  return [];
}
