import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { WORKER_NODE_OPTIONS } from '../../cli/stack/services.ts';
import { ROOT } from '../architecture/source-files.ts';
import { readCompose } from './compose-file.ts';

test('a worker of every deployment has the options of Node that keep its memory small', async () => {
  const { services } = await readCompose('deploy/compose.yml');
  expect(services['worker']?.environment['NODE_OPTIONS']).toBe(WORKER_NODE_OPTIONS);
  const unit = await readFile(path.join(ROOT, 'deploy/systemd/convoy-worker.service'), 'utf8');
  expect(unit.split('\n')).toContain(`Environment=NODE_OPTIONS=${WORKER_NODE_OPTIONS}`);
});
