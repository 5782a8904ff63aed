import type { Precondition } from '../../shared/platform/persistence/stores/device-store.ts';
import { HttpRefusal } from './problem.ts';

/** The entity tag of a version, strong. */
export function entityTag(version: string): string {
  return `"${version}"`;
}

/**
 * What `If-Match` demands: undefined without the header, and for "*", which any version meets. Weak tags never match
 * (RFC 9110 section 13.1.1).
 */
export function preconditionOf(ifMatch: string | undefined): Precondition | undefined {
  const tags = tagsOf(ifMatch, 'If-Match');
  if (tags === null || tags === '*') return undefined;
  return { anyOf: tags.filter(({ isWeak }) => !isWeak).map(({ tag }) => tag) };
}

/** Whether `If-None-Match` says that the client has this version already; weak and strong tags alike. */
export function hasAlready(ifNoneMatch: string | undefined, version: string): boolean {
  const tags = tagsOf(ifNoneMatch, 'If-None-Match');
  if (tags === null) return false;
  return tags === '*' || tags.some(({ tag }) => tag === version);
}

interface GivenTag {
  isWeak: boolean;
  tag: string;
}

function tagsOf(value: string | undefined, header: string): GivenTag[] | '*' | null {
  if (value === undefined) return null;
  if (value.trim() === '*') return '*';
  if (!LIST.test(value)) throw new HttpRefusal(400, `${header}: not "*" or a list of entity tags such as "abc".`);
  return [...value.matchAll(TAG)].map(([, weak, tag = '']) => ({ isWeak: weak === 'W/', tag }));
}

const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g;
const LIST =
  /^[\t ,]*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"(?:[\t ]*,[\t ,]*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")*[\t ,]*$/;
