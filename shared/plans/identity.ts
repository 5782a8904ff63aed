import { z } from 'zod';
import type { Risk } from '../domain/plan.ts';
import { identityProblem, IDENTITY_MENU } from '../routeros/identity.ts';
import { toRequiredText } from '../routeros/values.ts';
import { definePlan, type CapturedDevice, type RiskFacts } from './define-plan.ts';
import { fleetReasons } from './fleet-risk.ts';

/** Device names spelled out in a refusal. */
const NAMED_AT_MOST = 10;
const PLACEHOLDER = /\{([a-z0-9][a-z0-9._-]*)\}/g;

const Input = z.strictObject({
  template: z
    .string()
    .min(1)
    .max(128)
    .describe('Such as "{site}-{name}": {name} is the registered name, {site} what follows "site:" in a tag'),
});

/** What a name is made of is captured with the name itself, so that the digest people approve covers it. */
const Current = z.strictObject({
  identity: z.string(),
  device: z.strictObject({ name: z.string(), tags: z.array(z.string()) }),
});
type Current = z.output<typeof Current>;

export const identity = definePlan({
  kind: 'identity',
  title: 'Router names',
  summary: 'Proposes names for a set of routers by one template, of their registered names and tags.',
  phase: 3,
  paths: [IDENTITY_MENU],
  input: Input,
  refuse: ({ template }) => templateProblem(template),
  current: Current,
  capture: async (router, { device: { name, tags } }) => {
    const record = await router.get(IDENTITY_MENU);
    return { identity: toRequiredText(record['name'], 'name'), device: { name, tags: tags.toSorted() } };
  },
  steps: ({ identity: name, device }, { template }) => {
    const wanted = nameOf(template, device);
    return name === wanted ? [] : [{ op: 'set', menu: IDENTITY_MENU, before: { name }, after: { name: wanted } }];
  },
  refuseTogether: (devices, { template }) =>
    lackOf(template, devices) ?? unfit(template, devices) ?? equalNames(template, devices),
  risk: assessRisk,
  example: { template: '{name}' },
});

function templateProblem(template: string): string | null {
  const rest = template.replaceAll(PLACEHOLDER, '');
  if (!/[{}]/.test(rest)) return null;
  return 'template: "{" and "}" stand only around "name" or the key of a tag, such as {site} for "site:vienna"';
}

type Devices = readonly CapturedDevice<Current>[];

/** A key that some device has no tag for, or several. */
function lackOf(template: string, devices: Devices): string | null {
  for (const [placeholder, key = ''] of template.matchAll(PLACEHOLDER)) {
    const lacking = devices.filter(({ current }) => valuesOf(key, current.device).length === 0);
    if (lacking.length > 0) return `template: ${placeholder} needs a tag "${key}:…", missing on ${listed(lacking)}`;
    const torn = devices.filter(({ current }) => valuesOf(key, current.device).length > 1);
    if (torn.length > 0)
      return `template: ${placeholder} needs one tag "${key}:…", of which there are several on ${listed(torn)}`;
  }
  return null;
}

function unfit(template: string, devices: Devices): string | null {
  for (const { name, current } of devices) {
    const problem = identityProblem(nameOf(template, current.device));
    if (problem !== null) return `template: for ${name} ${problem}`;
  }
  return null;
}

/** Also a device that has its name already counts. */
function equalNames(template: string, devices: Devices): string | null {
  const taken = new Map<string, string>();
  for (const { name, current } of devices) {
    const wanted = nameOf(template, current.device);
    const other = taken.get(wanted);
    if (other !== undefined) return `template: ${other} and ${name} would both be called ${JSON.stringify(wanted)}`;
    taken.set(wanted, name);
  }
  return null;
}

function nameOf(template: string, device: Current['device']): string {
  return template.replaceAll(PLACEHOLDER, (placeholder, key: string) => valuesOf(key, device)[0] ?? placeholder);
}

function valuesOf(key: string, { name, tags }: Current['device']): string[] {
  if (key === 'name') return [name];
  return tags.filter((tag) => tag.startsWith(`${key}:`)).map((tag) => tag.slice(key.length + 1));
}

function listed(devices: Devices): string {
  const more = devices.length - NAMED_AT_MOST;
  const names = devices.slice(0, NAMED_AT_MOST).map(({ name }) => name);
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function assessRisk(facts: RiskFacts): { risk: Risk; reasons: string[] } {
  const reasons = fleetReasons(facts);
  if (reasons.length > 0) return { risk: 'high', reasons };
  return { risk: 'low', reasons: ['names change what prompts, neighbours and logs show, and no traffic'] };
}
