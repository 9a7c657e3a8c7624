// SPDX-License-Identifier: MIT
//
// Drives the page as a person does and prints TAP. usage: node page.mjs URL PROFILE_DIR; CHROMIUM names the browser.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [base, profile] = process.argv.slice(2);
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const MESSAGE = 'Failed to connect to <\\\\127.0.0.1>, Error = 53';
const named = base.replace('127.0.0.1', 'kb.test'); // by a name and without TLS a browser says less of where a request comes from
const VERDICT = '#verdict:is(.confirmed, .healthy, .inconclusive, .none)';

const browser = await chromium.launchPersistentContext(profile, {
	executablePath: process.env.CHROMIUM, headless: true, timeout: 60000,
	args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
	       '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP kb.test 127.0.0.1'],
});

let count = 0, failed = 0;
const complaints = [];

function is(good, what) {
	if (!good)
		throw new Error(what);
}

function watch(page) {
	page.on('pageerror', e => complaints.push(`script: ${e.message}`));
	page.on('console', m => { if (m.type() === 'error' && !/404|untrustworthy/.test(m.text())) complaints.push(m.text()); });
	page.on('dialog', d => { complaints.push(`dialog: ${d.message()}`); d.dismiss(); });
	page.on('request', r => { if (!r.url().startsWith(base) && !r.url().startsWith(named)) complaints.push(`a request to ${r.url()}`); });
}

// Where a test looks at what comes before something else, a busy machine may show both at once: options.tries says how
// often it is tried, on a page of its own.
async function test(name, run, options = {}) {
	const { tries = 1, ...more } = options;
	count++;
	for (let left = tries; left--;) {
		const why = await once(run, more);
		if (!why) {
			console.log(`ok ${count} - ${name}`);
			return;
		}
		if (!left) {
			failed++;
			console.log(`not ok ${count} - ${name}: ${why}`);
		}
	}
}

// Why it failed, or nothing.
async function once(run, options) {
	const context = options.javaScriptEnabled === false || options.viewport || options.colorScheme
		? await browser.browser()?.newContext(options) ?? browser : browser;
	const page = await context.newPage();
	let why = '';
	page.setDefaultTimeout(60000);
	complaints.length = 0;
	watch(page);
	try {
		await run(page);
		is(!complaints.length, complaints.join('; '));
	} catch (e) {
		why = String(e.message).split('\n').join(' ').slice(0, 600) || 'it failed';
	}
	await page.close();
	if (context !== browser)
		await context.close();
	return why;
}

let asked = 5;
const another = () => MESSAGE + ' '.repeat(++asked); // a question that was not asked yet: what was, is answered at once

// A paste through the clipboard's own event, and the text arriving as the browser would put it.
async function paste(page, text) {
	await page.focus('#text');
	await page.evaluate(t => {
		const field = document.getElementById('text');
		field.value = t;
		field.dispatchEvent(new ClipboardEvent('paste', { bubbles: true }));
		field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));
	}, text);
}

await test('the field has the focus', async page => {
	await page.goto(base);
	is(await page.evaluate(() => document.activeElement.id) === 'text', 'it has not');
});

await test('paste: the article, the probes as they come, the verdict', async page => {
	await page.goto(base);
	await page.evaluate(() => {
		window.seen = [];
		new MutationObserver(() => {
			const probes = document.querySelectorAll('#probes > li').length;
			const decided = !!document.querySelector('#verdict:is(.confirmed, .healthy, .inconclusive, .none)');
			window.seen.push([probes, decided]);
		}).observe(document.getElementById('results'), { childList: true, subtree: true });
	});
	await paste(page, another());
	await page.waitForSelector('#best a[href="/kb/Q150536"]');
	is(await page.inputValue('input[name="set.server"]') === '127.0.0.1', 'the server is not bound');
	is((await page.textContent('pre.message')).includes(MESSAGE), 'the message is not as it was pasted');
	await page.waitForSelector('#probes > li');
	await page.waitForSelector(VERDICT);
	const seen = await page.evaluate(() => window.seen);
	is(seen.some(([probes, decided]) => probes > 0 && !decided), 'no probe was seen before the verdict');
	is((await page.textContent('#probes')).includes('refused'), 'no probe was refused');
	is(await page.locator('#ladder li.failed').count() === 1, 'the ladder shows no failed step');
	await page.waitForFunction(() => document.getElementById('run').textContent === 'Check again');
	is(/Confirmed|decided/.test(await page.textContent('#busy')), 'the verdict is not announced');
}, { tries: 5 });

await test('typing shows the answer and sends no probe', async page => {
	await page.goto(base);
	await page.locator('#text').pressSequentially('System error 53 has occurred.', { delay: 5 });
	await page.waitForSelector('#best');
	await page.waitForTimeout(500);
	is(await page.locator('#probes > li').count() === 0, 'a probe was sent');
});

await test('an answer that takes long is announced, and what stands meanwhile steps back', async page => {
	let free, held = new Promise(done => { free = done; });
	await page.goto(base);
	await page.fill('#text', 'System error 53 has occurred.');
	await page.waitForSelector('#best');
	await page.route('**/ui/answer', async route => {
		await held;
		await route.continue();
	});
	await page.fill('#text', 'mount error(112): Host is down');
	await page.waitForSelector('#results.old');
	is(await page.textContent('#busy') === 'Looking it up…', await page.textContent('#busy'));
	free();
	await page.waitForSelector('#best a[href="/kb/Q-mount-error-112"]');
	is(await page.textContent('#busy') === '' && !await page.getAttribute('#results', 'class'), 'it still waits');
	await page.unroute('**/ui/answer');
	await page.route('**/ui/answer', route => route.abort());
	complaints.length = 0;
	await page.fill('#text', 'System error 53 has occurred.');
	await page.waitForSelector('#busy.bad');
	await page.waitForSelector('#results.old');
	complaints.length = 0; // the browser's own, of the request that was cut off
});

await test('Ctrl+Enter explains and probes', async page => {
	await page.goto(base);
	await page.fill('#text', MESSAGE);
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector(VERDICT);
});

await test('a corrected value runs the match and the probes again', async page => {
	await page.goto(base);
	await paste(page, MESSAGE);
	await page.waitForSelector(VERDICT);
	await page.fill('input[name="set.server"]', '127.0.0.6');
	await page.keyboard.press('Tab');
	await page.waitForFunction(() => document.querySelector('#probes')?.textContent.includes('127.0.0.6'));
	await page.waitForSelector(VERDICT);
	is(await page.inputValue('input[name="set.server"]') === '127.0.0.6', 'the correction is lost');
});

await test('a value that cannot be one stays in its field, is said, and is not probed', async page => {
	await page.goto(base);
	await page.fill('#text', MESSAGE);
	await page.waitForSelector('.chip input');
	await page.fill('input[name="set.server"]', 'no such host!');
	await page.keyboard.press('Tab');
	await page.waitForSelector('.chip.wrong input[aria-invalid=true]');
	is(await page.inputValue('input[name="set.server"]') === 'no such host!', 'it is gone');
	is((await page.textContent('.need')).includes('no such host! is not a host name'), await page.textContent('.need'));
	await page.waitForTimeout(400);
	is(await page.locator('#probes > li').count() === 0, 'something was probed');
	await page.fill('input[name="set.server"]', '127.0.0.1');
	await page.keyboard.press('Tab');
	await page.waitForSelector(VERDICT);
	is(await page.locator('.chip.wrong').count() === 0, 'it is still wrong');
});

await test('an unbound value is an empty field; filled in, it is probed', async page => {
	await page.goto(base);
	await paste(page, 'Error during WNetAddConnection2 (53)');
	await page.waitForSelector('.chip.open input');
	is(await page.inputValue('input[name="set.server"]') === '', 'it is not empty');
	await page.fill('input[name="set.server"]', '127.0.0.1');
	await page.keyboard.press('Enter');
	await page.waitForFunction(() => document.querySelector('#probes')?.textContent.includes('refused'));
});

await test('the way fills in and the causes dwindle while probes answer', async page => {
	await page.goto(base);
	await page.evaluate(() => { /* every piece that takes another's place */
		window.seen = [];
		const replace = Element.prototype.replaceWith;
		Element.prototype.replaceWith = function (piece) {
			const left = piece.id === 'beliefs' && piece.querySelector('.left');
			window.seen.push([piece.id === 'ladder' ? piece.querySelectorAll('.unknown').length : -1, left ? parseInt(left.textContent, 10) : -1]);
			return replace.call(this, piece);
		};
	});
	await paste(page, another());
	await page.waitForSelector(VERDICT);
	const seen = await page.evaluate(() => window.seen), left = seen.map(s => s[1]).filter(n => n >= 0);
	is(Math.max(...seen.map(s => s[0])) > 3, 'the way was never open');
	is(left.length > 1 && left[left.length - 1] < left[0], `the causes do not dwindle: ${left}`);
	is((await page.locator('#ladder .step').allTextContents()).join(' ') === 'Link Address Name Route Ping TCP Session Dialect Share',
	   'the stations are others');
	is(await page.locator('#ladder .unknown').count() === 0, 'a station is open at the end');
	is(await page.locator('.ruled-out dt').count() > 10, 'nothing is ruled out');
	is(await page.getByRole('list', { name: 'What the probes found' }).locator('li').count() > 3, 'its rows have no name');
}, { tries: 5 });

await test('check again shows what has changed', async page => {
	await page.goto(base);
	await paste(page, MESSAGE + '  ');
	await page.waitForSelector(VERDICT);
	await page.evaluate(() => { document.querySelectorAll('#probes .state')[2].textContent = 'silent'; });
	await page.click('#run');
	await page.waitForSelector('#probes .before');
	await page.waitForSelector(VERDICT);
	is(await page.textContent('#probes .before') === 'was silent', 'the row does not say what it was');
});

await test('where no stream comes through the page polls', async page => {
	await page.addInitScript(() => { delete window.TextDecoderStream; });
	let polls = 0;
	page.on('request', r => { polls += r.url().includes('poll'); });
	await page.goto(base);
	await paste(page, another());
	await page.waitForSelector(VERDICT);
	is(polls > 1, 'it did not poll');
	is(await page.locator('#probes > li').count() > 3, 'the rows are missing');
}, { tries: 5 });

await test('a stream that falls silent is taken up where it was', async page => {
	await page.clock.install();
	await page.addInitScript(() => { // of the first stream only what comes first gets through
		const real = window.fetch;
		let cut = false;
		window.fetch = async (url, init) => {
			const response = await real(url, init);
			if (cut || url !== '/ui/diagnose')
				return response;
			cut = true;
			const reader = response.body.getReader();
			return new Response(new ReadableStream({
				start(to) { init.signal.addEventListener('abort', () => { reader.cancel(); to.error(new DOMException('', 'AbortError')); }); },
				async pull(to) {
					let got = '';
					while (!got.includes('event: match')) {
						const { value } = await reader.read();
						got += new TextDecoder().decode(value);
						to.enqueue(value);
					}
					await new Promise(() => {});
				},
			}), { headers: response.headers });
		};
	});
	const later = [];
	page.on('request', r => { if (r.url().endsWith('/ui/diagnose')) later.push(r.headers()['last-event-id']); });
	await page.goto(base);
	await paste(page, MESSAGE + '    ');
	await page.waitForSelector('#verdict.running');
	await page.clock.fastForward(26000);
	await page.waitForSelector(VERDICT);
	is(later.length === 2 && later[0] === undefined && later[1] > 0, `it was asked for with ${later}`);
}, { colorScheme: 'light' }); // a context of its own, as the clock is the whole context's

await test('the report is copied as Markdown, ticket and JSON', async page => {
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.goto(base);
	await paste(page, MESSAGE + '    ');
	await page.waitForSelector(VERDICT);
	for (const [value, begins] of [['markdown', '```'], ['ticket', 'Failed to connect'], ['json', '{"query":']]) {
		await page.click(`button[value=${value}]`);
		await page.waitForFunction(v => document.querySelector(`button[value=${v}]`).textContent === 'Copied', value);
		const copied = await page.evaluate(() => navigator.clipboard.readText());
		is(copied.startsWith(begins) && copied.includes('refused'), `${value}: ${copied.slice(0, 100)}`);
	}
});

await test('what nothing explains offers the nearest three and a draft', async page => {
	await page.goto(base);
	await paste(page, 'the blue kettle of the harbour blinks');
	await page.waitForSelector('.card.none');
	is(await page.locator('.others li h3').count() <= 3, 'more than three');
	await page.click('.draft summary');
	is((await page.inputValue('.draft textarea')).includes("text: 'the blue kettle of the harbour blinks'"), 'no draft');
});

await test('a link is made, opened, copied from and deleted', async page => {
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.goto(base);
	await paste(page, MESSAGE + ' password=hunter2');
	await page.waitForSelector(VERDICT);
	await page.selectOption('#days', '1');
	await page.click('button[value=keep]');
	await page.waitForSelector('.made .link a');
	const path = await page.getAttribute('.made .link a', 'href');
	await page.click('.made [data-link]');
	is((await page.evaluate(() => navigator.clipboard.readText())).endsWith(path), 'the link is not copied');
	const other = await page.context().newPage();
	watch(other);
	await other.goto(base + path.slice(1));
	const text = await other.textContent('main');
	is(text.includes('SECRET-1') && !text.includes('hunter2'), 'the secret is not masked');
	is(text.includes('refused') && await other.locator('#ladder .failed').count() === 1, 'the evidence is missing');
	await other.close();
	await page.click('.made form button:not([data-link])');
	await page.waitForSelector('h1:has-text("Deleted")');
	is((await page.goto(base + path.slice(1))).status() === 404, 'it is still there');
	complaints.length = 0;
});

await test('without a script: a link by the form', async page => {
	await page.goto(base);
	await page.fill('#text', 'System error 53 has occurred.');
	await page.click('button[value=explain]');
	await page.click('button[value=keep]');
	await page.click('.made .link a');
	await page.waitForURL('**/r/*');
	is((await page.textContent('pre.message')).includes('System error 53'), 'the message is missing');
	is(await page.locator('button[value=diagnose]').count() === 1, 'it cannot be checked again');
	await page.click('a[href$="as=markdown"]');
	is((await page.textContent('body')).startsWith('```'), 'no Markdown');
}, { javaScriptEnabled: false });

await test('the error code is marked in the message, with what it means', async page => {
	await page.goto(base);
	await paste(page, 'The share says 0x80070035 today');
	await page.waitForSelector('.message mark.code');
	is(await page.textContent('.message mark.code') === '0x80070035', 'another part is marked');
	is(await page.textContent('.message') === 'The share says 0x80070035 today', 'the message has changed');
	is((await page.getAttribute('.message mark.code', 'title')).includes('BAD_NETPATH'), 'it does not say what it means');
	is((await page.textContent('.legend-code')).includes('network path'), 'the legend is missing');
	await page.click('.legend-code a');
	is(await page.evaluate(() => location.hash === '#codes' && document.querySelector('#codes') !== null), 'the readings are not there');
});

await test('kept links are remembered in this browser and deleted from it later', async page => {
	const made = async text => {
		await page.goto(base);
		await paste(page, text);
		await page.waitForSelector('button[value=keep]');
		await page.click('button[value=keep]');
		await page.waitForSelector('.made [data-remembers]:not([hidden])');
		return (await page.getAttribute('.made .link a', 'href')).slice(1);
	};
	const first = await made('System error 53 has occurred.'), second = await made('System error 1326 has occurred.');
	const address = await page.getAttribute('.made .hint a', 'href');
	await page.goto(base);
	const item = page.locator(`#yours li:has(a[href="/${first}"])`);
	is(await item.count() === 1 && await page.locator(`#yours a[href="/${second}"]`).count() === 1, 'the list lacks them');
	await item.locator('button').click();
	is(await item.locator('button').textContent() === 'Really delete?', 'one press deletes it');
	await item.locator('button').click();
	await item.waitFor({ state: 'detached' });
	is((await page.goto(base + first)).status() === 404, 'it is still there');
	await page.goto(base + second);
	await page.waitForSelector('button[data-delete]:not([hidden])');
	await page.goto(base + address.slice(1));
	await page.click('form.login button');
	await page.waitForSelector('h1:has-text("Deleted")');
	is((await page.goto(base + second)).status() === 404, 'its delete address does not delete it');
	complaints.length = 0; /* the pages that are gone */
});

await test('of two kept reports of one title each button says which; what fails is said', async page => {
	await page.goto(base);
	const day = 86400e3, now = Date.now();
	await page.evaluate(kept => localStorage.setItem('kept', JSON.stringify(kept)), ['one', 'two', ''].map((title, i) =>
		({ name: `${i}`.repeat(32), key: 'x', made: now - i * day, expires: (now + (9 - i) * day) / 1000, title: title && 'The same' })));
	await page.reload();
	const buttons = page.locator('#yours li button');
	const names = await buttons.evaluateAll(all => all.map(b => b.getAttribute('aria-label')));
	is(names.length === 3 && new Set(names).size === 3, `the same name: ${names}`);
	is(names[0].includes('The same') && names[2].includes('A report'), `a name lacks its report: ${names}`);
	await page.route(`**/r/${'0'.repeat(32)}/delete`, route => route.fulfill({ status: 403 }));
	await page.route(`**/r/${'1'.repeat(32)}/delete`, route => route.abort());
	await buttons.first().click();
	await buttons.first().click();
	await buttons.nth(1).click();
	await buttons.nth(1).click();
	await page.waitForFunction(() => document.querySelectorAll('#yours button:disabled').length === 2);
	is(await page.getByRole('button', { name: 'It could not be deleted' }).count() === 2, 'that it failed is not said');
	complaints.length = 0; /* the refusals */
});

await test('an article leads to all of its product and of its error code', async page => {
	await page.goto(`${base}kb/Q150536`);
	await page.click('.facts a[href="/search?code=53"]');
	is(await page.locator('.hits a[href="/kb/Q150536"]').count() === 1, 'its code does not lead back');
	await page.goto(`${base}kb/Q150536`);
	await page.click('.facts a[href^="/search?product="]');
	is(await page.locator('.hits a[href="/kb/Q150536"]').count() === 1, 'its product does not lead back');
});

await test('browse by code, narrow by kind, let it go again', async page => {
	await page.goto(`${base}browse`);
	await page.click('.entries a[href="/search?code=53"]');
	await page.waitForURL('**/search?code=53');
	const all = await page.locator('.hits li').count();
	is(all > 1, 'no articles');
	await page.fill('.find input', 'rcmd');
	await page.keyboard.press('Enter');
	await page.waitForURL('**/search?q=rcmd');
	is(await page.locator('.hits a[href="/kb/Q150536"]').count() === 1, 'not found by its word');
	await page.goto(`${base}search?q=network&code=53`);
	await page.click('.taken a');
	await page.waitForURL('**/search?q=network');
});

// Two days of a log: three hosts, two articles.
const log = [];
for (let h = 0; h < 48; h++) {
	const at = `Mar ${12 + Math.floor(h / 24)} ${String(h % 24).padStart(2, '0')}`;
	log.push(`${at}:01:00 web1 app[1]: all is well`);
	if (h % 3 === 0)
		log.push(`${at}:20:00 web1 backup[2]: ssh: connect to host nas${h % 2} port 22: No route to host`);
	if (h % 12 === 0)
		log.push(`${at}:25:00 web1 app[4]: fatal error in module /srv/${'a-long-name/'.repeat(20)}thing${'x'.repeat(90)}.so`);
	if (h > 36)
		log.push(`${at}:30:00 web1 job[3]: mount error(112): Host is down`);
}
const logFile = name => ({ name, mimeType: 'application/gzip', buffer: gzipSync(log.join('\n') + '\n') });

await test('a log that is picked: incidents, timeline, lines around, filters by article and time', async page => {
	await page.goto(`${base}logs`);
	await page.setInputFiles('#file', logFile('app.log.gz'));
	await page.waitForSelector('.incident');
	is((await page.textContent('#found')).includes('2 known problems in app.log.gz'), await page.textContent('#found'));
	is(await page.evaluate(() => document.activeElement.id) === 'found', 'the result has not the focus');
	is(await page.locator('.time g').count() > 10, 'no timeline');
	is((await page.locator('.log').first().textContent()).includes('all is well'), 'no lines around the hit');
	await page.locator('.legend input').first().uncheck();
	is(await page.locator('.incident:visible').count() === 1, 'the article is still there');
	await page.locator('.legend input').first().check();
	const lists = page.locator('.range select');
	const ends = await page.locator('.time').textContent();
	const [begin, end] = [await lists.nth(0).locator('option').first().textContent(), await lists.nth(1).locator('option').last().textContent()];
	is(ends.includes(begin) && ends.includes(end) && begin < end, `${begin} to ${end} are not the ends of what was seen: ${ends}`);
	await lists.nth(1).selectOption({ index: 3 });
	is(await page.locator('.incident:visible').count() === 1, 'what came later is still there');
	is(await page.locator('.time g.off').count() > 5, 'the timeline does not show the choice');
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.click('.draft summary');
	await page.click('.draft [data-copy]');
	await page.waitForSelector('[data-copy]:has-text("Copied")');
	is((await page.evaluate(() => navigator.clipboard.readText())).startsWith('# Log scan of app'), 'the result is not copied');
	for (const [as, begins] of [['text/markdown', '# Log scan of app'], ['text/plain', ''], ['application/json', '{']]) {
		await page.evaluate(() => navigator.clipboard.writeText('nothing'));
		await page.click(`[data-as="${as}"]`);
		await page.waitForSelector(`[data-as="${as}"]:has-text("Copied")`);
		const copied = await page.evaluate(() => navigator.clipboard.readText());
		is(copied.startsWith(begins) && copied.includes('Q-no-route-to-host'), `${as}: ${copied.slice(0, 80)}`);
	}
	await page.locator('.incident:visible h3 a').click();
	await page.waitForURL('**/kb/Q-no-route-to-host');
});

await test('a log that is dropped, there or on the first page, and one that is damaged', async page => {
	const drop = async (name, text) => page.evaluate(([n, t]) => {
		const data = new DataTransfer();
		data.items.add(new File([t], n));
		document.querySelector('#drop, #results').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
	}, [name, text]);
	await page.goto(base);
	await drop('app.bin', 'a\0b');
	await page.waitForFunction(() => document.getElementById('busy').textContent.includes('under Logs'));
	await drop('app.log', log.join('\n'));
	await page.waitForURL('**/logs');
	await page.waitForSelector('.incident');
	await page.goto(`${base}logs`);
	await drop('app.log', log.join('\n'));
	await page.waitForSelector('.incident');
	await drop('app.log.gz', 'no archive at all');
	await page.waitForSelector('.card.none');
	is((await page.textContent('#results')).includes('app.log.gz: no archive, though its name says so'), 'the sentence is missing');
});

await test('without a script: a log by the form, narrowed by its fields', async page => {
	await page.goto(`${base}logs`);
	await page.setInputFiles('#file', logFile('app.log.gz'));
	await page.click('.only summary');
	await page.fill('input[name=article]', 'Q-mount-error-112');
	await page.click('.send button');
	await page.waitForSelector('.incident');
	is(await page.locator('.incident').count() === 1, 'the filter is lost');
}, { javaScriptEnabled: false });

await test('the probes can be stopped and run by their button', async page => {
	await page.goto(base);
	await paste(page, 'Failed to connect to <\\\\10.255.255.3>, Error = 53');
	await page.waitForFunction(() => document.getElementById('run')?.textContent === 'Stop');
	await page.keyboard.press('Escape');
	await page.waitForFunction(() => document.getElementById('run')?.textContent !== 'Stop');
	is((await page.textContent('#busy')).includes('Stopped'), 'it does not say so');
	is(await page.locator('#verdict.running').count() === 0, 'it looks as if it still ran');
}, { tries: 3 });

await test('keys: / to the field, ? to the help', async page => {
	await page.goto(`${base}kb/Q150536`);
	await page.keyboard.press('/');
	is(await page.evaluate(() => document.activeElement.type) === 'search', '/ does not reach the field');
	await page.keyboard.press('Escape');
	await page.evaluate(() => document.activeElement.blur());
	await page.keyboard.press('Shift+?');
	is(await page.locator('#keys').isVisible(), '? shows no keys');
	await page.keyboard.press('Escape');
	is(await page.locator('#keys').isHidden(), 'Escape does not close them');
});

await test('keys: j and k go through the articles, c copies, and they can be turned off', async page => {
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	const at = () => page.evaluate(() => document.activeElement.getAttribute('href'));
	await page.goto(`${base}search?code=53`);
	await page.keyboard.press('j');
	const first = await at();
	await page.keyboard.press('j');
	await page.keyboard.press('k');
	is(first.startsWith('/kb/') && await at() === first, `${first}, ${await at()}`);
	await page.goto(`${base}?q=System+error+53+has+occurred.`);
	await page.waitForFunction(() => document.activeElement.id === 'text');
	await page.keyboard.press('Escape'); // out of the field
	await page.keyboard.press('c');
	await page.waitForSelector('button[value=markdown]:has-text("Copied")');
	await page.keyboard.press('?');
	await page.uncheck('#singles');
	await page.keyboard.press('Escape');
	await page.reload();
	await page.evaluate(() => document.activeElement.blur());
	await page.keyboard.press('?');
	is(await page.locator('#keys').isHidden(), 'they still work');
	await page.evaluate(() => localStorage.removeItem('singles'));
});

await test('back from an article, and loaded again, the message and its answer are there', async page => {
	await page.goto(base);
	await page.fill('#text', 'System error 53 has occurred.');
	await page.fill('.chip input', '127.0.0.1');
	await page.keyboard.press('Tab');
	await page.waitForSelector('#probes > li');
	await page.click('#best a');
	await page.waitForURL('**/kb/*');
	await page.goBack();
	await page.waitForSelector('#best');
	await page.reload();
	await page.waitForSelector('#best');
	is(await page.inputValue('input[name="set.server"]') === '127.0.0.1', 'the correction is gone');
	is(await page.inputValue('#text') === 'System error 53 has occurred.', 'the message is gone');
	is((await page.title()).includes('53'), 'the title does not say what it is about');
});

await test('check again of what is kept: back and a reload send no form a second time', async page => {
	await page.goto(base);
	await paste(page, 'Error during WNetAddConnection2 (53)');
	await page.waitForSelector('.chip.open');
	await page.fill('input[name="set.server"]', '127.0.0.1');
	await page.keyboard.press('Enter');
	await page.waitForSelector(VERDICT);
	await page.click('button[value=keep]');
	await page.waitForSelector('.made .link a');
	await page.goto(base + (await page.getAttribute('.made .link a', 'href')).slice(1));
	const sent = [];
	page.on('request', r => { if (r.isNavigationRequest()) sent.push(r.method()); });
	await page.click('button[value=diagnose]');
	await page.waitForSelector(VERDICT);
	is(sent.join() === 'POST' && page.url() === base, `${sent} ${page.url()}`);
	for (const again of [() => page.reload(), async () => { await page.goto(`${base}help`); await page.goBack(); }]) {
		await again();
		await page.waitForSelector('#best');
		is(await page.inputValue('#text') === 'Error during WNetAddConnection2 (53)', 'the message is gone');
		is(await page.inputValue('input[name="set.server"]') === '127.0.0.1', 'the value is gone');
	}
	is(sent.join() === 'POST,GET,GET,GET' && page.url() === base, `${sent} ${page.url()}`);
});

await test('many lines: what else is known in them is named, and leads to its own answer', async page => {
	const lines = readFileSync(new URL('../data/sender.log', import.meta.url), 'utf8');
	await page.goto(base);
	await paste(page, lines);
	await page.waitForSelector('.whole li');
	is(await page.textContent('.whole p') === '1 more known problem in these 9 lines:', await page.textContent('.whole'));
	is(/^No route to host, .* 1 time, line 8$/.test(await page.textContent('.whole li')), await page.textContent('.whole li'));
	is(await page.locator('#best a[href="/kb/Q221951"]').count() === 1, 'its answer stands as before');
	await page.click('.whole li a');
	await page.waitForURL('**/?q=*');
	is((await page.inputValue('#text')).startsWith('Mar 12 11:02:41 web1 backup[311]: ssh: '), await page.inputValue('#text'));
	is(await page.locator('#best a[href="/kb/Q-no-route-to-host"]').count() === 1, 'another article');
	await page.goBack();
	await page.waitForSelector('.whole li');
	is(await page.inputValue('#text') === lines, 'the lines are lost');
	await paste(page, 'all is well\n'.repeat(7));
	await page.waitForFunction(() => document.querySelector('.whole p').textContent === 'No known problem in these 7 lines.');
});

await test('without a script: what else is known in many lines, and all of them as a log', async page => {
	await page.goto(base);
	await page.fill('#text', readFileSync(new URL('../data/sender.log', import.meta.url), 'utf8'));
	await page.click('button[value=explain]');
	is(/^No route to host, .* 1 time, line 8$/.test(await page.textContent('.whole li')), await page.textContent('.whole'));
	is(await page.getAttribute('#text', 'rows') === '9', 'the field shows not all of the lines');
	is(!await page.isVisible('.hint:has(kbd)'), 'keys are named that do nothing');
	await page.click('.whole button');
	await page.waitForURL('**/logs');
	is((await page.textContent('#found')).includes('2 known problems in pasted.log'), await page.textContent('#found'));
}, { javaScriptEnabled: false });

for (const viewport of [{ width: 375, height: 812 }, { width: 1280, height: 900 }])
	await test(`what comes later moves nothing that is read already: ${viewport.width} wide`, async page => {
		const pasteInto = async text => {
			await page.addInitScript(() => {
				window.moved = 0;
				new PerformanceObserver(list => {
					for (const e of list.getEntries())
						window.moved += e.hadRecentInput ? 0 : e.value;
				}).observe({ type: 'layout-shift', buffered: true });
			});
			await page.goto(base);
			await page.evaluate(t => navigator.clipboard.writeText(t), text);
			await page.focus('#text');
			await page.keyboard.press('Control+V');
			await page.waitForSelector('#best');
		};
		const moved = () => page.evaluate(() => window.moved);
		await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await pasteInto(readFileSync(new URL('../data/sender.log', import.meta.url), 'utf8'));
		await page.waitForSelector('.whole li');
		await page.waitForTimeout(700);
		is(await moved() < 0.05, `the answer to many lines: ${await moved()}`);
		await pasteInto(another());
		await page.waitForSelector(VERDICT);
		await page.waitForTimeout(700);
		is(await moved() < 0.05, `the verdict: ${await moved()}`);
	}, { viewport, tries: 3 });

await test('many lines: what matched is in sight, and they can be scanned as a log', async page => {
	await page.goto(base);
	await paste(page, log.join('\n'));
	await page.waitForSelector('.message mark');
	const seen = await page.evaluate(() => {
		const box = document.querySelector('.message').getBoundingClientRect(), mark = document.querySelector('.message mark').getBoundingClientRect();
		return box.top <= mark.top && mark.bottom <= box.bottom;
	});
	is(seen, 'the mark is out of sight');
	await page.click('.whole button');
	await page.waitForURL('**/logs');
	await page.waitForSelector('.incident');
	is((await page.textContent('#found')).includes('2 known problems in pasted.log'), await page.textContent('#found'));
	await page.goto(base); // more than the field takes is not cut off
	await page.evaluate(line => {
		const data = new DataTransfer();
		data.setData('text/plain', `${line}\n`.repeat(12000));
		document.getElementById('text').dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data }));
	}, log[1]);
	await page.waitForURL('**/logs');
	await page.waitForSelector('.incident');
	is((await page.textContent('.sum')).includes('12,000'), await page.textContent('.sum'));
});

await test('a line of many KiB: all of it in the field, unwrapped, and of the answer what matched', async page => {
	await page.goto(base);
	const paste = filler => page.evaluate(f => {
		const field = document.getElementById('text'), all = f.repeat(20000 / f.length) + 'System error 53 has occurred. é' + f.repeat(60000 / f.length), data = new DataTransfer();
		field.focus();
		field.select();
		data.setData('text', all);
		const taken = !field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
		return taken && field.value === all && field.wrap === 'off';
	}, filler);
	for (const filler of ['zqxj ', 'é', 'line after line \n']) {
		is(await paste(filler), 'the field does not hold it as it is');
		await page.waitForSelector('.message mark');
		const shown = await page.textContent('.message');
		is(shown.length < 40000 && /\[… \d{5,6} bytes more/.test(shown) && shown.includes('System error 53') && !shown.includes('\uFFFD'), shown.slice(0, 100));
		await page.evaluate(() => document.querySelector('.message').remove());
	}
	await page.fill('#text', 'System error 53 has occurred.');
	await page.waitForSelector('.message mark');
	is(await page.evaluate(() => document.getElementById('text').wrap) === 'soft', 'a short one is not wrapped');
	await page.evaluate(() => { /* as a form this is more than a MiB */
		const field = document.getElementById('text');
		field.value = 'é\n'.repeat(150000);
		field.dispatchEvent(new InputEvent('input', { bubbles: true }));
	});
	await page.waitForURL('**/logs');
	await page.waitForSelector('#found');
	is(complaints.splice(0).every(c => c.includes('413')), 'there is more to complain of');
});

await test('what a verdict asks for can be given where it asks', async page => {
	await page.goto(base);
	await paste(page, 'Error during WNetAddConnection2 (53)');
	await page.waitForSelector('[data-ask=link] input');
	is(!(await page.textContent('#verdict')).includes('--set'), 'it speaks of the command line');
	await page.fill('[data-ask=link] input', 'lo');
	await page.keyboard.press('Tab');
	await page.waitForSelector('.chips input[name="set.link"]');
	await page.waitForSelector(VERDICT);
	is(await page.locator('[data-ask=link]').count() === 0, 'it asks again');
});

await test('the stations of the way stand apart, however wide the window is', async page => {
	await page.goto(base);
	await paste(page, MESSAGE);
	await page.waitForSelector(VERDICT);
	await page.evaluate(() => { /* all nine of them, none passed over */
		for (const li of document.querySelectorAll('#ladder li'))
			li.className = 'unknown';
	});
	for (let width = 320; width <= 1920; width += 40) {
		await page.setViewportSize({ width, height: 900 });
		const close = await page.evaluate(() => {
			const words = document.createRange(), steps = [...document.querySelectorAll('#ladder .step')].map(e => {
				words.selectNodeContents(e);
				return words.getBoundingClientRect();
			});
			const apart = (a, b) => b.left - a.right >= 3 || b.top >= a.bottom;
			return steps.length !== 9 || !steps.every((s, i) => s.width && (!i || apart(steps[i - 1], s)));
		});
		is(!close, `${width} wide they run together`);
	}
}, { viewport: { width: 1000, height: 900 } });

await test('a long question does not push what was found out of sight, on a phone', async page => {
	await page.goto(`${base}search?q=${'network+'.repeat(60)}`);
	is((await page.locator('.hits').boundingBox()).y < 740, 'what was found is below the window');
}, { viewport: { width: 320, height: 740 } });

await test('on a phone what is done is said in whole', async page => {
	await page.goto(base);
	await paste(page, MESSAGE);
	await page.waitForSelector(VERDICT);
	await page.click('button[value=keep]');
	await page.waitForSelector('.made .link a');
	const said = page.locator('#busy');
	is(await said.textContent() === 'Kept. The link is below.', await said.textContent());
	is(await said.evaluate(e => e.scrollWidth <= e.clientWidth), 'it is cut off');
}, { viewport: { width: 320, height: 740 } });

await test('on a phone the verdict stands over the rest of the article', async page => {
	await page.goto(base);
	await paste(page, MESSAGE);
	await page.waitForSelector(VERDICT);
	const tops = await page.evaluate(() => ['#best', '#verdict', '.answer .remedies', '.pass'].map(s => document.querySelector(s).getBoundingClientRect().top));
	is(tops.every((top, i) => !i || top > tops[i - 1]), tops.join(' '));
}, { viewport: { width: 375, height: 812 } });

await test('links between articles, and back', async page => {
	await page.goto(`${base}kb/Q150536`);
	await page.click('.prose a[href="/kb/Q134964"]');
	await page.waitForURL('**/kb/Q134964');
	is((await page.textContent('h1')).length > 10, 'no title');
});

await test('without a script: look-up and probes by the form', async page => {
	await page.goto(base);
	await page.fill('#text', MESSAGE);
	await page.click('button[value=explain]');
	await page.waitForSelector('#best a[href="/kb/Q150536"]');
	is(await page.locator('#probes > li').count() === 0, 'a probe was sent');
	await page.click('button[value=diagnose]');
	await page.waitForSelector(VERDICT);
	is((await page.textContent('#probes')).includes('refused'), 'no probe was refused');
}, { javaScriptEnabled: false });

await test('without a script, on a server that is called by name and speaks no TLS: the form is taken for its own', async page => {
	await page.goto(named);
	await page.fill('#text', 'System error 53 has occurred.');
	await page.click('button[value=explain]');
	await page.waitForSelector('#best');
}, { javaScriptEnabled: false });

// 150 strings that would run, were they markup anywhere: 25 kernels in 6 settings.
const kernels = ['<script>ran=1</script>', '<img src=x onerror=ran=1>', '<svg onload=ran=1>', '<svg><script>ran=1</script></svg>',
	'<iframe srcdoc="<script>parent.ran=1</script>">', '<body onload=ran=1>', '<details open ontoggle=ran=1>', '<input autofocus onfocus=ran=1>',
	'<a href="javascript:ran=1" id=x>x</a>', 'javascript:ran=1', 'data:text/html,<script>ran=1</script>', '<math><mtext><img src=x onerror=ran=1>',
	'<style>@import "javascript:ran=1"</style>', '<link rel=stylesheet href="data:text/css,*{}">', '<base href="//evil.example/">',
	'<meta http-equiv=refresh content="0;url=javascript:ran=1">', '<object data="javascript:ran=1">', '<embed src="javascript:ran=1">',
	'<form action="javascript:ran=1"><button id=run>x', '<template><img src=x onerror=ran=1></template>', '<noscript><img src=x onerror=ran=1></noscript>',
	'<video><source onerror=ran=1></video>', '<marquee onstart=ran=1>', '{{constructor.constructor("ran=1")()}}', '${ran=1}'];
const settings = [k => k, k => `"'>${k}`, k => `</textarea></title></pre></option>${k}`, k => `-->]]>${k}<!--`, k => k.replaceAll('<', '\x00<').replaceAll(' ', '/'),
	k => `\r\n\r\nevent: verdict\ndata: ${k}\n\n`];
const payloads = settings.flatMap(set => kernels.map(set));
const ran = page => page.evaluate(() => 'ran' in window);

// What a page holds that could run or load something; everything of ours is told by its address.
const foreign = text => {
	const d = new DOMParser().parseFromString(text, 'text/html');
	return [...d.querySelectorAll('*')].filter(e => /^(iframe|object|embed|base|style|math|video|source|template|noscript|marquee)$/i.test(e.localName) ||
		(e.localName === 'script' && !(e.getAttribute('src') || '').startsWith('/static/')) || (e.localName === 'img' && !(e.getAttribute('src') || '').startsWith('/static/')) ||
		[...e.attributes].some(x => x.name.startsWith('on') || x.name === 'style' || x.name === 'srcdoc' || /^\s*(javascript|data):/i.test(x.value) && x.name !== 'value' && x.name !== 'placeholder') ||
		(e.localName === 'meta' && e.hasAttribute('http-equiv'))).map(e => e.outerHTML.slice(0, 120));
};

await test('what is pasted runs no script: 150 strings', async page => {
	is(payloads.length === 150, `${payloads.length} strings`);
	await page.goto(base);
	for (const payload of payloads) {
		const text = `ssh: connect to host nas1 port 22: No route to host ${payload}`;
		await paste(page, text);
		await page.waitForFunction(t => document.querySelector('pre.message')?.textContent.startsWith(t.slice(0, 60)) || document.getElementById('busy').textContent,
		                           text.replaceAll('\r', ''));
	}
	is(!await ran(page), 'something ran');
	is(await page.locator('#results :is(img, script, iframe, style, object, embed)').count() === 0, 'something became markup');
});

await test('no field of a form or an address becomes markup: 150 strings each', async page => {
	const message = 'Failed to connect to <\\\\127.0.0.1>, Error = 53', bad = [];
	const post = (path, fields) => fetch(base + path, { method: 'POST', headers: { 'X-Kbt': '1' }, body: new URLSearchParams(fields) });
	for (let i = 0; i < payloads.length; i += 15) {
		const texts = await Promise.all(payloads.slice(i, i + 15).flatMap(p => [
			post('ui/answer', { text: message, 'set.server': p }), post('', { text: message, 'set.share': p, do: 'explain' }),
			post('', { text: p, do: 'explain', of: p, days: p }), post(`r/${'0'.repeat(32)}/delete`, { key: p }),
			fetch(`${base}search?${new URLSearchParams({ q: p, product: p, kind: p })}`), fetch(`${base}?${new URLSearchParams({ q: p })}`),
			fetch(`${base}kb/${encodeURIComponent(p)}`), fetch(`${base}r/${encodeURIComponent(p)}`),
		]).map(async asked => (await asked).text()));
		bad.push(...await page.evaluate(([judge, all]) => all.flatMap(eval(judge)), [`(${foreign})`, texts]));
	}
	is(!bad.length, bad.slice(0, 3).join('; '));
});

await test('no line of a log and no kept report becomes markup: 150 strings', async page => {
	await page.goto(`${base}logs`);
	const lines = payloads.map(p => `Mar 12 10:00:00 web1 app[1]: fatal error ${p.replaceAll(/[\r\n]/g, ' ')}\nMar 12 10:00:01 ${p.split(/\s/)[0].slice(0, 40)} x[2]: ssh: connect to host nas1 port 22: No route to host`);
	await page.setInputFiles('#file', { name: '"><img src=x onerror=ran=1>.log', mimeType: 'text/plain', buffer: Buffer.from(lines.join('\n') + '\n') });
	await page.waitForSelector('.incident');
	is(!await ran(page) && await page.locator('#results :is(img, script, iframe, style)').count() === 0, 'the log became markup');
	await page.goto(base);
	await paste(page, 'System error 53 has occurred. ' + payloads.join(' '));
	await page.waitForSelector('#best');
	await page.click('button[value=keep]');
	await page.waitForSelector('.made .link a');
	await page.goto(base + (await page.getAttribute('.made .link a', 'href')).slice(1));
	is(!await ran(page) && await page.locator('main :is(img, script, iframe, style)').count() === 0, 'the kept report became markup');
});

await test('a script of somebody else is stopped by the policy', async page => {
	await page.goto(base);
	await page.evaluate(() => {
		window.blocked = 0;
		document.addEventListener('securitypolicyviolation', () => window.blocked++);
		const s = document.createElement('script');
		try { s.textContent = 'window.ran = 1'; } catch { window.blocked++; }
		document.body.append(s);
	});
	is(await page.evaluate(() => !window.ran && window.blocked > 0), 'it ran');
	complaints.length = 0;
});

await test('four times as large, with letters and words set apart: nothing scrolls sideways', async page => {
	for (const path of ['', `?q=${encodeURIComponent(MESSAGE)}`, 'logs', 'browse', 'search?q=network', 'kb/Q150536', 'help']) {
		await page.goto(base + path);
		await page.evaluate(() => {
			const sheet = new CSSStyleSheet(); // WCAG 2.2, 1.4.12
			sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }');
			document.adoptedStyleSheets = [sheet];
		});
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		is(wide <= 0, `/${path} is ${wide} pixels too wide`);
	}
}, { viewport: { width: 320, height: 256 } });

// Of letters alone: no media query knows of it.
const twiceAsLarge = page => page.evaluate(() => {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync('html { font-size: 200% !important }');
	document.adoptedStyleSheets = [sheet];
});

await test('letters twice as large: no word of the navigation is broken', async page => {
	await page.goto(base);
	const lines = () => page.evaluate(() => [...document.querySelectorAll('.nav a')].map(a => {
		const all = document.createRange();
		all.selectNodeContents(a);
		return all.getClientRects().length;
	}).join(' '));
	for (const width of [1280, 1024, 700]) {
		await page.setViewportSize({ width, height: 900 });
		await twiceAsLarge(page);
		is(await lines() === '1 1 1', `${width} wide: ${await lines()} lines`);
		is(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} wide it scrolls sideways`);
	}
}, { viewport: { width: 1280, height: 900 } });

await test('letters twice as large: an article keeps most of the width', async page => {
	await page.goto(`${base}kb/Q221951`);
	await twiceAsLarge(page);
	const widths = await page.evaluate(() => ['.prose', '.rule'].map(s => document.querySelector(s).getBoundingClientRect().width));
	is(widths[0] > widths[1], `its text is ${widths[0]} wide, what it says in short ${widths[1]}`);
}, { viewport: { width: 1280, height: 900 } });

await test('letters twice as large on a phone: neither a verdict nor a log scrolls sideways', async page => {
	const check = async what => {
		await twiceAsLarge(page);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		is(wide <= 0, `${what} is ${wide} pixels too wide`);
	};
	await page.goto(base);
	await paste(page, MESSAGE);
	await page.waitForSelector(VERDICT);
	await check('the verdict');
	await page.goto(`${base}logs`);
	await page.setInputFiles('#file', logFile('app.log.gz'));
	await page.waitForSelector('.incident');
	await check('the log');
}, { viewport: { width: 375, height: 812 } });

await test('what a log brings is heard: of its lines, too', async page => {
	await page.goto(base);
	await paste(page, Array.from({ length: 300 }, (_, i) => `Mar 12 10:02:11 web1 app[311]: all is well number ${i}\n`).join('') +
		'Mar 12 10:09:11 web1 backup[311]: Connection refused'); // two common words are none of the message that all would be
	await page.waitForSelector('.whole li');
	const heard = await page.locator('#heard').textContent();
	is(heard.startsWith('1 known problem in these 301 lines') && heard.includes('No article explains all of it'), heard);
});

// What of the page is pressed or typed into and shows, and what is cut off at an edge of its own.
const onPaper = page => page.evaluate(() => {
	const shows = e => e.checkVisibility() && e.getBoundingClientRect().height > 1;
	const cut = e => ['hidden', 'auto', 'scroll', 'clip'].includes(getComputedStyle(e).overflowY) &&
		(e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1);
	const name = e => `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 30)} in ${e.parentElement?.className}`;
	return {
		tools: [...document.querySelectorAll('button, select, textarea, nav, input:not(.chip input, [type=hidden])')].filter(shows).map(name),
		cut: [...document.querySelectorAll('main, main *:not(svg *)')].filter(e => shows(e) && cut(e)).map(name),
		wide: document.documentElement.scrollWidth - innerWidth,
		paper: getComputedStyle(document.documentElement).getPropertyValue('--paper'),
	};
});

await test('on paper: white, nothing to press, nothing cut', async page => {
	const check = async what => {
		await page.emulateMedia({ media: 'print' });
		const seen = await onPaper(page);
		await page.emulateMedia({ media: 'screen' });
		is(!seen.tools.length && !seen.cut.length && seen.wide <= 0 && seen.paper === '#fff', `${what}: ${JSON.stringify(seen)}`);
	};
	await page.goto(base);
	is((await onPaper(page)).tools.length > 3, 'on the screen nothing to press is found');
	await paste(page, MESSAGE + '\n' + 'and a line more\n'.repeat(60));
	await page.waitForSelector(VERDICT);
	await check('the verdict');
	is(await page.locator('#diagnosis').isVisible(), 'the verdict is not there');
	is((await page.pdf({ format: 'A4' })).subarray(0, 5).toString() === '%PDF-', 'no PDF');
	is(await page.locator(':is(.equals, .others) details:not([open])').count() === 0, 'what is folded stays so on paper');
	await paste(page, MESSAGE + '\n' + 'and a line more\n'.repeat(600));
	await page.waitForSelector('.message.long');
	await page.waitForSelector(VERDICT);
	await check('the verdict on a log');
	await page.emulateMedia({ media: 'print' });
	const tops = await page.evaluate(() => ['#best', '#verdict', '.message'].map(s => document.querySelector(s).getBoundingClientRect().top));
	await page.emulateMedia({ media: 'screen' });
	is(tops[0] < tops[1] && tops[1] < tops[2], `the log stands before the answer: ${tops}`);
	await page.goto(`${base}?q=${encodeURIComponent(MESSAGE)}`);
	await page.emulateMedia({ media: 'print' });
	is(!await page.locator('#diagnosis').isVisible(), 'probes that were not run stand on paper');
	await page.emulateMedia({ media: 'screen' });
	await paste(page, MESSAGE);
	await page.waitForSelector(VERDICT);
	await page.click('button[value=keep]');
	await page.waitForSelector('.made .link a');
	for (const path of [(await page.getAttribute('.made .link a', 'href')).slice(1), 'kb/Q150536', 'search?q=network', 'help']) {
		await page.goto(base + path);
		await check(`/${path}`);
	}
	await page.goto(`${base}logs`);
	await check('no log yet');
	await page.emulateMedia({ media: 'print' });
	is((await page.innerText('main')).trim(), 'a page without a log is blank');
	await page.emulateMedia({ media: 'screen' });
	await page.setInputFiles('#file', logFile('app.log.gz'));
	await page.waitForSelector('.incident');
	await check('the log');
	await page.setViewportSize({ width: 1047, height: 718 }); /* the paper lies across */
	await page.goto(`${base}kb/Q221951`);
	await check('an article, across');
}, { viewport: { width: 718, height: 1047 }, colorScheme: 'dark' });

await test('who wants no motion gets none', async page => {
	const moving = () => page.evaluate(() => [...document.querySelectorAll('body *')].flatMap(e => ['', '::before', '::after'].map(part => {
		const s = getComputedStyle(e, part);
		return s.animationName !== 'none' || parseFloat(s.transitionDuration) > 0 || s.scrollBehavior !== 'auto' ? e.tagName + part : '';
	})).filter(Boolean));
	for (const [reducedMotion, none] of [['reduce', true], ['no-preference', false]]) {
		await page.emulateMedia({ reducedMotion });
		await page.goto(base);
		await paste(page, MESSAGE);
		await page.waitForSelector('#probes > li');
		const found = await moving();
		is(!found.length === none, `${reducedMotion}: ${found}`);
		await page.waitForSelector(VERDICT);
	}
});

await test('where colours are forced, what a colour tells has a line', async page => {
	const line = (selector, what = 'outlineStyle') => page.locator(selector).first().evaluate((e, w) => getComputedStyle(e)[w], what);
	const all = async () => [await line('mark.code'), await line('.bar'), await line('.kind'), await line('.primary', 'borderTopWidth')];
	const seen = {};
	for (const forcedColors of ['none', 'active']) {
		await page.emulateMedia({ forcedColors });
		await page.goto(base);
		await paste(page, MESSAGE);
		await page.waitForSelector('#best');
		await page.waitForSelector('.bar');
		seen[forcedColors] = (await all()).join(' ');
		await page.goto(`${base}logs`);
		await page.setInputFiles('#file', logFile('app.log.gz'));
		await page.waitForSelector('.incident');
		seen[forcedColors] += ' ' + await line('.log .hit');
	}
	is(seen.active === 'solid solid solid 3px solid', seen.active);
	is(seen.none === 'none none none 1px none', seen.none);
});

for (const colorScheme of ['light', 'dark'])
	for (const viewport of [{ width: 360, height: 740 }, { width: 1440, height: 900 }])
		await test(`nothing for axe to find, nothing to scroll sideways: ${colorScheme}, ${viewport.width} wide`, async page => {
			const check = async what => {
				await page.evaluate(axeSource.replace(/^/, ''));
				const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
				is(!found.violations.length, `${what}: ` + found.violations.map(v =>
					`${v.id} (${v.nodes.map(n => n.target + ' ' + (n.any[0]?.message ?? '')).slice(0, 3).join(', ')})`).join('; '));
				is(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what} scrolls sideways`);
			};
			await page.emulateMedia({ reducedMotion: 'reduce', colorScheme });
			for (const path of ['', 'kb/Q150536', 'kb/Q221951', 'search?q=network', 'search?code=53', 'browse', 'help', 'nothing']) {
				await page.goto(base + path);
				await check(`/${path}`);
			}
			await page.goto(base);
			await paste(page, MESSAGE);
			await page.waitForSelector(VERDICT);
			for (const d of await page.locator('#results details').all())
				await d.evaluate(e => { e.open = true; });
			await check('the verdict');
			await paste(page, 'Error during WNetAddConnection2 (53)');
			await page.waitForSelector('.chip.open');
			await check('the open value');
			await page.click('button[value=keep]');
			await page.waitForSelector('.made');
			await check('what is kept');
			const address = await page.getAttribute('.made .hint a', 'href');
			await page.goto(base + (await page.getAttribute('.made .link a', 'href')).slice(1));
			await check('the kept report');
			await page.goto(base + address.slice(1));
			await check('where it is deleted');
			await page.goto(base);
			await page.waitForSelector('#yours:not([hidden])');
			await check('the kept links');
			await page.goto(`${base}logs`);
			await check('/logs');
			await page.setInputFiles('#file', logFile('app.log.gz'));
			await page.waitForSelector('.incident');
			await check('the log');
			await page.goto(base);
			await paste(page, 'zqxj wvutsr');
			await page.waitForSelector('.card.none');
			await check('the unexplained');
			complaints.length = 0; /* the page that is not there */
		}, { viewport, colorScheme });

await browser.close();
console.log(`1..${count}`);
process.exit(failed ? 1 : 0);
