// SPDX-License-Identifier: MIT
//
// A scan's report, opened as a file: light, dark, wide and narrow; asks for nothing, runs nothing, hides nothing. Prints
// TAP. usage: node report.mjs FILE; CHROMIUM names the browser.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const page_url = `file://${process.argv[2]}`;
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, headless: true, timeout: 60000,
	args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
let count = 0, failed = 0;

for (const colorScheme of ['light', 'dark'])
	for (const width of [1280, 360]) {
		const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
		const page = await context.newPage();
		const complaints = [];
		page.on('request', r => { if (r.url() !== page_url) complaints.push(`a request to ${r.url()}`); });
		page.on('console', m => complaints.push(m.text()));
		page.on('pageerror', e => complaints.push(e.message));
		await page.goto(page_url);
		const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		if (over > 0)
			complaints.push(`wider than the screen by ${over}`);
		await page.evaluate(axeSource);
		for (const v of (await page.evaluate(() => axe.run())).violations)
			complaints.push(`${v.id}: ${v.nodes[0].html}`);
		const target = await page.locator('.legend a').first().getAttribute('href');
		if (!await page.locator(target).count())
			complaints.push(`no place ${target}`);
		count++;
		failed += complaints.length > 0;
		console.log(`${complaints.length ? 'not ok' : 'ok'} ${count} - ${colorScheme}, ${width} wide` +
			(complaints.length ? `: ${complaints.join('; ')}` : ''));
		await context.close();
	}

await browser.close();
process.exitCode = failed ? 1 : 0;
