import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { networkOf } from '../../src/registry/network.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { addressTag } from '../../src/registry/tags.ts';

describe('the network of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0:0:ffff::2', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it('has one tag for all of its addresses', () => {
    const keys = deriveKeys(randomBytes(32));
    expect(addressTag(keys, '2001:db8::1')).toBe(addressTag(keys, '2001:db8::ffff:1'));
    expect(addressTag(keys, '2001:db8::1')).not.toBe(addressTag(keys, '2001:db8:0:1::1'));
    expect(addressTag(keys, '::ffff:192.0.2.1')).toBe(addressTag(keys, '192.0.2.1'));
    expect(addressTag(keys, '192.0.2.1')).not.toBe(addressTag(keys, '192.0.2.2'));
  });
});
