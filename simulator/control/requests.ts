import { z } from 'zod';
import { faultSchema } from '../router/fault.ts';

const value = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const values = z.record(z.string(), value);

/** Body of `PUT /devices/:name/faults`. */
export const faultsBody = z.array(faultSchema).max(100);

/** Body of `POST /devices/:name/edit`: exactly one of the three verbs. */
export const editBody = z
  .strictObject({
    /** A menu (`/ip/dns`), or a row of it (`/ip/address/*2`, `/interface/ether1`). */
    path: z.string().startsWith('/'),
    set: values.optional(),
    add: values.optional(),
    /** A row: its id or name; or an object with `.id`. */
    remove: z.union([z.string(), z.strictObject({ '.id': z.string() }), z.literal(true)]).optional(),
  })
  .refine((body) => [body.set, body.add, body.remove].filter((verb) => verb !== undefined).length === 1, {
    message: 'give exactly one of set, add and remove',
  });

/** Body of `POST /devices/:name/clock`: how far to advance. */
export const clockBody = z
  .strictObject({
    advanceSeconds: z
      .number()
      .min(0)
      .max(366 * 86_400)
      .optional(),
    advanceMs: z
      .number()
      .min(0)
      .max(366 * 86_400_000)
      .optional(),
  })
  .refine((body) => (body.advanceSeconds === undefined) !== (body.advanceMs === undefined), {
    message: 'give exactly one of advanceSeconds and advanceMs',
  });

const powerAction = z.enum(['cycle', 'off', 'on']);

/** Body of `POST /devices/:name/power`: the action, bare or in an object. */
export const powerBody = z.union([
  powerAction.transform((action) => ({ action, downMs: undefined })),
  z.strictObject({
    action: powerAction,
    /** How long a `cycle` stays away, in milliseconds. Default 1000. */
    downMs: z.int().min(0).max(600_000).optional(),
  }),
]);

/** Body of `PUT /devices/:name/latency`. */
export const latencyBody = z.strictObject({ latencyMs: z.int().min(0).max(60_000) });
