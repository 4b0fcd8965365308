const GROUPS = 8;

/**
 * What an address is counted as: an IPv4 address as it is, mapped into IPv6 or not; an IPv6 address as its /64, which
 * is what one household or phone has to choose from. Anything else stays what it is.
 */
export function networkOf(address: string): string {
  // Nothing else has a colon.
  if (!address.includes(':')) return address;
  if (!URL.canParse(`http://[${address}]`)) return address;
  // The URL parser writes an address in one way only (RFC 5952).
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(GROUPS - left.length - right.length).fill('0'), ...right];
  if (groups.slice(0, 5).some((group) => group !== '0') || groups[5] !== 'ffff')
    return `${groups.slice(0, 4).join(':')}::/64`;
  return groups
    .slice(6)
    .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
    .join('.');
}
