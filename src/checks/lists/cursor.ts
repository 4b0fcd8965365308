import type { ListPosition } from '../../registry/changes.ts';

const CURSOR = /^c([0-9]{1,9})(?:\.([A-Za-z0-9._-]{1,32}))?$/;

/** A place as clients keep it: `c12`, all of copy 12; `c12.REF`, of copy 12 the references up to this one. */
export const cursorOf = ({ copy, ref }: ListPosition): string => (ref === null ? `c${copy}` : `c${copy}.${ref}`);

/** Null for what is no cursor. */
export function parseCursor(text: string): ListPosition | null {
  const [, copy, ref] = CURSOR.exec(text) ?? [];
  return copy === undefined ? null : { copy: Number(copy), ref: ref ?? null };
}
