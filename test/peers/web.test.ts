/**
 * The page in a real browser: what it shows is what the server has, and it follows what happens without a reload.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, runDrydock, startServer } from '../support/drydock.ts';
import { REPOSITORY } from '../support/repository.ts';

const BOOKSHOP = join(REPOSITORY, 'charts', 'examples', 'bookshop');

describe('the page in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-web-'));
  const problems: string[] = [];
  let server: RunningServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await startServer(join(folder, 'data'));
    browser = await chromium.launch({
      executablePath: process.env.DRYDOCK_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'],
    });
    page = await browser.newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(server.url);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  it('shows a cluster as soon as it is made', async () => {
    await drydock('cluster', 'create', 'dev');
    await page.getByText('dev', { exact: true }).first().waitFor();
  });

  it('shows a release and its pods as they become ready', async () => {
    await drydock('install', 'shop', BOOKSHOP, '-n', 'shop', '--create-namespace', '--wait');
    await page.getByText('bookshop').first().waitFor();
    await page.getByText('shop-db-0').first().waitFor();
    await page.getByText('deployed').first().waitFor();
  });

  it('takes away what is uninstalled', async () => {
    await drydock('uninstall', 'shop', '-n', 'shop', '--wait');
    await page.getByText('shop-db-0').first().waitFor({ state: 'detached' });
  });

  it('had no error, in the page or against its content security policy', () => {
    expect(problems).toEqual([]);
  });

  async function drydock(...args: string[]): Promise<void> {
    const { code, stderr } = await runDrydock([...args, '--server', server.url]);
    expect(code, stderr).toBe(0);
  }
});
