import type { RouterView, Session } from '../engine/definition.ts';
import { formatLocal } from '../values/local-time.ts';

/** Logins that the router remembers until they end or it restarts. */
export class Sessions {
  readonly #router: RouterView;
  #sessions: Session[] = [];
  #lastId = FIRST_ID;

  constructor(router: RouterView) {
    this.#router = router;
  }

  list(): readonly Session[] {
    return this.#sessions;
  }

  /** Of REST logins of a user from an address only the first one counts; `end` cuts a login that can be cut. */
  open(user: string, address: string, via: string, end?: () => void): void {
    if (via === 'rest-api' && this.#sessions.some((known) => isSession(known, user, address, via))) return;
    const when = formatLocal(this.#router.clock.now(), this.#router.timeZone());
    this.#add({ user, address, via, when, ...(end ? { end } : {}) });
    // REST goes through the API server inside the router, whose own session row carries no address.
    if (via === 'rest-api') this.#add({ user, address: '', via: 'api', when });
    else this.#noteLogin(user, when);
    this.#router.log('system,info,account', `user ${user} logged in from ${address} via ${via}`);
  }

  /** The end of a login that has one. */
  end(user: string, address: string, via: string): void {
    const ended = this.#sessions.findIndex((known) => isSession(known, user, address, via));
    if (ended === -1) return;
    this.#sessions.splice(ended, 1);
    this.#router.log('system,info,account', `user ${user} logged out from ${address} via ${via}`);
  }

  clear(): void {
    this.#sessions = [];
  }

  #add(session: Omit<Session, 'id'>): void {
    this.#lastId += 1;
    this.#sessions.push({ id: this.#lastId, ...session });
  }

  /** Logins over REST do not count as a user's last one. */
  #noteLogin(user: string, when: string): void {
    const item = this.#router.items('/user').find((candidate) => candidate.values['name'] === user);
    if (item) item.values['last-logged-in'] = when;
  }
}

/** Ids of logins do not start low. */
const FIRST_ID = 0xc0;

function isSession(session: Session, user: string, address: string, via: string): boolean {
  return session.user === user && session.address === address && session.via === via;
}
