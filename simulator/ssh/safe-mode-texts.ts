import { isAtLeast } from '../engine/version.ts';

export type SafeModeTexts = { readonly taken: string; readonly released: string; readonly hijack: string };

/** What the console says about safe mode; reworded in 7.21. */
export function safeModeTexts(version: string): SafeModeTexts {
  const hijack = "Hijacking Safe Mode from someone - unroll/release/don't take it [u/r/d]:";
  if (isAtLeast(version, '7.21')) {
    return {
      taken: 'Taking Safe Mode session... Success!',
      released: 'Releasing Safe Mode session... Success!',
      hijack,
    };
  }
  return { taken: '[Safe Mode taken]', released: '[Safe Mode released]', hijack };
}
