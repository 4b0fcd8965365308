import type { ListPosition } from '../../registry/changes.ts';
import { REF_FORM } from '../bulk/format.ts';

const FORM = new RegExp(`^c([0-9]{1,9})(?:\\.(${REF_FORM}))?$`);

/** A position as clients keep it: `c12`, all of copy 12; `c12.REF`, of copy 12 the references up to this one. */
export const cursorText = ({ copy, ref }: ListPosition): string => (ref === null ? `c${copy}` : `c${copy}.${ref}`);

/** Null for what is no cursor. */
export function parseCursor(text: string): ListPosition | null {
  const [, copy, ref] = FORM.exec(text) ?? [];
  return copy === undefined ? null : { copy: Number(copy), ref: ref ?? null };
}
