import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from '../architecture/source-files.ts';

const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Condition = z.enum(['service_started', 'service_healthy', 'service_completed_successfully']);

/** What of the Compose specification our files use; a key outside of it is refused. */
const Service = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), Text).default({}),
  env_file: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.strictObject({ condition: Condition })).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  restart: z.enum(['unless-stopped', 'on-failure']),
  healthcheck: z
    .union([
      z.strictObject({
        test: z.array(z.string()),
        interval: z.string(),
        timeout: z.string(),
        retries: z.int(),
      }),
      z.strictObject({ disable: z.literal(true) }),
    ])
    .optional(),
  network_mode: z.string().optional(),
  deploy: z.strictObject({ replicas: z.int().min(1) }).optional(),
  stop_grace_period: z.string().optional(),
  shm_size: z.string().optional(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  init: z.boolean().optional(),
});
export type Service = z.output<typeof Service>;

const ComposeFile = z
  .looseObject({
    name: z.literal('convoy'),
    include: z.array(z.string()).default([]),
    services: z.record(z.string(), Service),
    volumes: z.record(z.string(), z.null()).default({}),
    secrets: z.record(z.string(), z.strictObject({ file: z.string() })).default({}),
  })
  .refine((file) => Object.keys(file).every((key) => KNOWN.includes(key) || key.startsWith('x-')), {
    message: 'a top-level key that Compose does not know',
  });
export type ComposeFile = z.output<typeof ComposeFile>;

const KNOWN = ['name', 'include', 'services', 'volumes', 'secrets'];

/** Reads a compose file of the project with its anchors resolved. */
export async function readCompose(file: string): Promise<ComposeFile> {
  return ComposeFile.parse(parse(await readFile(path.join(ROOT, file), 'utf8'), { merge: true }));
}
