// SPDX-License-Identifier: MIT
//
// A server with tokens, as a person comes in, works and leaves; prints TAP. usage: node login.mjs URL PROFILE_DIR TOKEN
// [SHOTS]; CHROMIUM names the browser, SHOTS a folder for pictures.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [base, profile, token, shots] = process.argv.slice(2);
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const MESSAGE = 'Failed to connect to <\\\\127.0.0.1>, Error = 53';
let failed = 0, count = 0;
const complaints = [];

const browser = await chromium.launchPersistentContext(profile, {
	executablePath: process.env.CHROMIUM, headless: true, timeout: 60000,
	args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
	       '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage();
page.setDefaultTimeout(60000);
page.on('pageerror', e => complaints.push(`script: ${e.message}`));
page.on('request', r => { if (!r.url().startsWith(base)) complaints.push(`a request to ${r.url()}`); });

function is(good, what) {
	if (!good)
		throw new Error(what);
}

async function test(name, run) {
	count++;
	complaints.length = 0;
	try {
		await run();
		is(!complaints.length, complaints.join('; '));
		console.log(`ok ${count} - ${name}`);
	} catch (e) {
		failed++;
		console.log(`not ok ${count} - ${name}: ${String(e.message).split('\n').join(' ').slice(0, 600)}`);
	}
}

async function look(name) {
	for (const colorScheme of ['light', 'dark'])
		for (const width of [1100, 360]) {
			await page.setViewportSize({ width, height: 640 });
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			await page.evaluate(axeSource);
			const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
			is(!found.violations.length, `${name} ${colorScheme}: ` + found.violations.map(v => `${v.id} (${v.nodes[0].target})`).join('; '));
			is(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} scrolls sideways`);
			if (shots)
				await page.screenshot({ path: `${shots}/${name}-${colorScheme}-${width}.png` });
		}
}

await test('a page leads to the log-in, and from there to the page', async () => {
	await page.goto(`${base}kb/Q150536`);
	is(page.url().startsWith(`${base}login?next=`), page.url());
	is(await page.evaluate(() => document.activeElement.id) === 'token', 'the field has no focus');
	await look('login');
	await page.keyboard.type('kbt_nonsense');
	await page.keyboard.press('Enter');
	await page.waitForSelector('[role=alert]');
	await look('unknown');
	await page.fill('#token', token);
	await page.keyboard.press('Enter');
	await page.waitForURL(`${base}kb/Q150536`);
	const cookie = (await browser.cookies())[0];
	is(cookie.httpOnly && cookie.sameSite === 'Strict', JSON.stringify(cookie));
});

await test('everything works behind it: look-up, probes, with and without the script', async () => {
	await page.goto(base);
	await page.fill('#text', MESSAGE);
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('#verdict:is(.confirmed, .healthy, .inconclusive, .none)');
	is(await page.textContent('.answer h2').then(t => t.includes('RCMD')), 'no answer');
	await page.route('**/static/app.js*', route => route.abort());
	await page.goto(base);
	await page.fill('#text', MESSAGE);
	await page.click('button.primary');
	await page.waitForSelector('.answer');
	await page.unroute('**/static/app.js*');
});

await test('out again, and nothing is left', async () => {
	await page.goto(`${base}login`);
	is((await page.textContent('main')).includes('with the role probe'), 'it does not say who is logged in');
	await look('logged-in');
	await page.click('text=Log out');
	await page.waitForSelector('#token');
	is(!(await browser.cookies()).length, 'the cookie is still there');
	await page.goto(base);
	is(page.url().startsWith(`${base}login`), page.url());
});

console.log(`1..${count}`);
await browser.close();
process.exit(failed ? 1 : 0);
