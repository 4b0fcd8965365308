import { join } from 'node:path';
import { registryId } from '../../registry/readiness.ts';
import { deriveKeys } from '../../registry/registry-keys.ts';
import { publishSnapshot } from '../../snapshot/publish.ts';
import { createDirectoryStore } from '../directory-store.ts';
import { withRegistry } from '../registry.ts';
import { createS3Store, parseBucket } from '../s3-store.ts';
import { StartupError } from '../startup-error.ts';
import { defineCommand, text } from './command.ts';

export default defineCommand(
  {
    usage: 'snapshot publish [--to DIR|URL]',
    summary:
      'Writes the registry, as it is now, as a snapshot that answers while the database is away; ' +
      'a running server does so by itself after each import.',
    options: {
      to: text(
        'DIR|URL',
        'directory of the snapshots, or https://HOST/BUCKET (R2, S3); else the directory of the server',
      ),
    },
  },
  async ({ values, positionals, misuse }, { settings: load, env, say }) => {
    if (positionals.join(' ') !== 'publish') throw misuse();
    const settings = await load();
    const directory = values.to ?? settings.snapshotDir;
    if (directory === null) throw misuse('HAKPILIH_SNAPSHOT_DIR is off. ');
    const bucket = /^https?:/.test(directory) ? parseBucket(directory, env) : null;
    await withRegistry(settings, say, async ({ sql }) => {
      const store =
        bucket === null ? createDirectoryStore(join(directory, await registryId(sql))) : createS3Store(bucket);
      const began = performance.now();
      const published = await publishSnapshot(sql, deriveKeys(settings.registryKey), store, Date.now);
      if (published === null) throw new StartupError('Another snapshot of this registry is being published just now');
      const { number, residents, shards, bytes } = published;
      const seconds = ((performance.now() - began) / 1_000).toFixed(1);
      const each = (bytes / Math.max(1, residents)).toFixed(1);
      say(`Snapshot ${number}: ${residents} residents in ${shards} shards, ${each} bytes each, ${seconds} s`);
    });
  },
);
