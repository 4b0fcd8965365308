import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** A real Chromium with a profile of its own, thrown away after. Throws one line where there is none. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  if (!existsSync(executablePath))
    throw new Error(`No Chromium at ${executablePath}: install it or set CHROMIUM_PATH`);
  return await chromium.launch({ executablePath, args: ARGS });
}

/** Fills in the form of the page and sends it, at once and by script: tests of the keyboard type. */
export async function sendForm(page: Page, nik: string, second: string): Promise<void> {
  const fill = `nik.value = ${JSON.stringify(nik)}; second.value = ${JSON.stringify(second)}; second.form.requestSubmit()`;
  await Promise.all([page.waitForEvent('load'), page.evaluate(fill)]);
}
