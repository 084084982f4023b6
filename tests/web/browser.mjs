// Chromium for the tests of the page: Debian's, driven by Playwright.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

export const packages = resolve('build-web');
const load = createRequire(join(packages, 'package.json'));
export const axe = load.resolve('axe-core');

export async function openBrowser() {
    return load('playwright-core').chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: [
            '--headless',
            '--no-sandbox',
            '--disable-gpu',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
        ],
    });
}
