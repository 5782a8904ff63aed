import type { MenuDefinition } from '../../engine/definition.ts';
import { bandwidthTest } from './bandwidth-test.ts';
import { fetch } from './fetch.ts';
import { ping } from './ping.ts';
import { profile } from './profile.ts';
import { torch } from './torch.ts';
import { traceroute } from './traceroute.ts';
import { wol } from './wol.ts';

/** Commands of the `/tool` directory itself. */
export const tool: MenuDefinition = {
  path: '/tool',
  kind: 'directory',
  fields: {},
  commands: { 'bandwidth-test': bandwidthTest, fetch, ping, profile, torch, traceroute, wol },
};
