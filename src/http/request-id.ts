/** The id of a request or of a list. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** UUID version 7 (RFC 9562): the time first, so that the audit's index grows at its end. `random` is a version 4. */
export function uuidV7(nowMs: number, random: string): string {
  const time = nowMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
