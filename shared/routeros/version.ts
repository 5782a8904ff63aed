/** A RouterOS version as `/system/resource` prints it, such as `7.20.8 (stable)` or `7.21rc2 (testing)`. */
export interface RouterVersion {
  major: number;
  minor: number;
  /** 0 when the text has none. */
  patch: number;
  /** `beta3`, `rc1`; null for a release. */
  preRelease: string | null;
  /** `stable`, `long-term`, `testing`, `development`; null when the text names none. */
  channel: string | null;
}

/** Null when the text is not a RouterOS version. */
export function parseVersion(text: string): RouterVersion | null {
  const match = /^(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(beta\d{1,3}|rc\d{1,3})?(?: \(([a-z-]{1,20})\))?$/.exec(
    text.trim(),
  );
  if (!match) return null;
  const [, major, minor, patch, preRelease, channel] = match;
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch ?? 0),
    preRelease: preRelease ?? null,
    channel: channel ?? null,
  };
}

/** Below zero when `a` is older than `b`; a pre-release is older than its release. */
export function compareVersions(a: RouterVersion, b: RouterVersion): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    a.patch - b.patch ||
    preReleaseRank(a.preRelease) - preReleaseRank(b.preRelease)
  );
}

function preReleaseRank(preRelease: string | null): number {
  if (preRelease === null) return Number.MAX_SAFE_INTEGER;
  const number = Number(preRelease.replace(/^\D+/, ''));
  return preRelease.startsWith('rc') ? RC_AFTER_ANY_BETA + number : number;
}

const RC_AFTER_ANY_BETA = 1000;
