/** Takes the picture of the README: the answer to a Suket holder on a phone. Run by hand: `npx node test/form/screenshot.ts`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SANDBOX, type SandboxResident } from '../../src/intake/sample-sandbox.ts';
import { startServer } from '../support/server.ts';
import { openBrowser, sendForm } from './browser.ts';

const PICTURE = fileURLToPath(new URL('../../.github/result-page.png', import.meta.url));
const [WIDTH_PX, HEIGHT_PX] = [390, 900];

const dataDir = await mkdtemp(join(tmpdir(), 'hakpilih-screenshot-'));
const server = await startServer({ HAKPILIH_DATA_DIR: dataDir });
const browser = await openBrowser();
try {
  const viewport = { width: WIDTH_PX, height: HEIGHT_PX };
  const page = await browser.newPage({ viewport, deviceScaleFactor: 2, bypassCSP: true, colorScheme: 'light' });
  const { nik, name } = SANDBOX.find(({ outcome }) => outcome === 'SUKET') as SandboxResident;
  await page.goto(`${server.url}/?lang=id`);
  await sendForm(page, nik, name);
  // What stands for `system-ui` differs from machine to machine.
  await page.addStyleTag({ content: 'body{font-family:"Liberation Sans",Arial,sans-serif}' });
  await page.screenshot({ path: PICTURE, clip: { x: 0, y: 0, ...viewport } });
} finally {
  await browser.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}
