import { openApiDocument } from '../../src/http/openapi.ts';
import { appOf, openService } from '../../src/service.ts';
import type { ApiDocument } from '../../src/web/docs-page.ts';
import { createTestKeys } from './server.ts';

/** The app without a registry behind it: for what it says of its routes. */
export async function createBareApp() {
  const keys = await createTestKeys();
  const service = await openService({
    registryKey: Buffer.from(keys.HAKPILIH_REGISTRY_KEY, 'base64'),
    signingJwks: keys.HAKPILIH_SIGNING_KEYS,
    election: 'pilkada-2018',
    today: null,
    trustedIssuers: null,
  });
  return appOf(service, { bulk: {} } as never);
}

/** The service's own description. */
export const document = async () => (await openApiDocument(await createBareApp())).document as object as ApiDocument;
