/**
 * Prints the bill of materials (CycloneDX, JSON) of what ships. `npm sbom --omit dev` would leave out packages that tools
 * of the tests use as well, so everything is listed by npm and what only tools use is taken out by npm's own mark.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const Component = z.looseObject({
  'bom-ref': z.string(),
  properties: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
});
const Bill = z.looseObject({
  components: z.array(Component),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

const { stdout } = await promisify(execFile)('npm', ['sbom', '--sbom-format', 'cyclonedx'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  maxBuffer: 64 * 2 ** 20,
});
const bill = Bill.parse(JSON.parse(stdout));
const tools = new Set(
  bill.components
    .filter(({ properties = [] }) =>
      properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true'),
    )
    .map((component) => component['bom-ref']),
);
const shipped = {
  ...bill,
  components: bill.components.filter((component) => !tools.has(component['bom-ref'])),
  dependencies: bill.dependencies
    .filter(({ ref }) => !tools.has(ref))
    .map((dependency) => ({ ...dependency, dependsOn: dependency.dependsOn.filter((ref) => !tools.has(ref)) })),
};
process.stdout.write(`${JSON.stringify(shipped, null, 2)}\n`);
