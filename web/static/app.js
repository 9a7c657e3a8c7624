/* SPDX-License-Identifier: MIT
 *
 * What the page gains with a script: answers on paste and while typing, the diagnosis as it comes, keys. Everything
 * works without it. All HTML comes from this server, escaped there; it enters the page in one place, piece().
 */
'use strict';
(() => {
	const $ = id => document.getElementById(id);
	const policy = window.trustedTypes ? trustedTypes.createPolicy('kbt', { createHTML: s => s }) : { createHTML: s => s };
	const ask = $('ask'), text = $('text'), results = $('results');

	const piece = html => {
		const t = document.createElement('template');
		t.innerHTML = policy.createHTML(html);
		return t.content;
	};

	for (const link of document.querySelectorAll('.nav a'))
		if (link.pathname === location.pathname)
			link.setAttribute('aria-current', 'page');

	/* say tells of what goes on; kind gives it a colour: "bad", or how a verdict is called. */
	const say = (words, kind = '') => {
		$('busy').textContent = words;
		$('busy').className = `hint ${kind}`;
	};

	/* Keys of one character can be turned off: they get in the way of who speaks to the machine. */
	const keys = {
		'/': () => (text || document.querySelector('.find input')).focus(),
		'?': () => $('keys').showModal(),
		j: () => step(1),
		k: () => step(-1),
		c: () => {
			const copy = document.querySelector('button[value=markdown], [data-as="text/markdown"]');
			if (copy)
				copy.click();
		},
	};
	const step = by => {
		const all = [...document.querySelectorAll('#best a, .others h3 a, .equals h3 a, .hits a, .seen a, .incident h3 a')].filter(a => a.offsetParent);
		const at = all.indexOf(document.activeElement), next = all[at < 0 && by < 0 ? all.length - 1 : at + by];
		if (next)
			next.focus();
	};
	document.addEventListener('keydown', e => {
		if (e.ctrlKey || e.metaKey || e.altKey || $('keys').open || e.target.matches('input, textarea, select'))
			return;
		if (keys[e.key] && $('singles').checked) {
			keys[e.key]();
			e.preventDefault();
		}
	});
	try {
		$('singles').checked = localStorage.getItem('singles') !== 'off';
		$('singles').addEventListener('change', () => localStorage.setItem('singles', $('singles').checked ? 'on' : 'off'));
	} catch { /* no storage here: on, until the next page */ }

	/* reveal shows what matched in a message that is longer than its box. */
	const reveal = () => {
		const box = document.querySelector('.message'), mark = box && box.querySelector('mark');
		if (mark)
			box.scrollTop = mark.offsetTop - box.offsetTop - box.clientHeight / 3;
	};
	reveal();

	/* On paper nothing can be opened. */
	addEventListener('beforeprint', () => {
		for (const d of document.querySelectorAll('.equals details, .others details'))
			d.open = true;
	});

	let lastId = '';

	/* feed takes the events that are whole and gives back the rest. */
	const feed = (rest, each) => {
		for (let end; (end = rest.indexOf('\n\n')) >= 0; rest = rest.slice(end + 2)) {
			let name = '', data = '';
			for (const line of rest.slice(0, end).split('\n')) {
				if (line.startsWith('id: '))
					lastId = line.slice(4);
				else if (line.startsWith('event: '))
					name = line.slice(7);
				else if (line.startsWith('data: '))
					data += line.slice(6) + '\n';
			}
			if (name)
				each(name, data);
		}
		return rest;
	};

	/* A text in a field of its own is copied by the button behind it. */
	document.addEventListener('toggle', e => {
		const copy = e.target.querySelector && e.target.querySelector('[data-copy]');
		if (copy && navigator.clipboard)
			copy.hidden = false;
	}, true);
	document.addEventListener('click', e => {
		if (!e.target.matches('[data-copy]'))
			return;
		const area = e.target.closest('details').querySelector('textarea');
		navigator.clipboard.writeText(area.value).then(() => { e.target.textContent = 'Copied'; }, () => area.select());
	});

	/* Links can be copied where there is a clipboard to copy them to. */
	const offerCopies = () => {
		for (const button of document.querySelectorAll('[data-link]'))
			button.hidden = !navigator.clipboard;
	};
	document.addEventListener('click', e => {
		const link = e.target.dataset && e.target.dataset.link;
		if (link)
			navigator.clipboard.writeText(new URL(link, location.href).href).then(() => { e.target.textContent = 'Copied'; }, () => {});
	});
	offerCopies();

	/* ---- kept links: this browser remembers the keys of those that were made in it, to delete them later ---- */

	const remembered = () => {
		try {
			const all = JSON.parse(localStorage.getItem('kept')) || [];
			return all.filter(k => /^[0-9a-f]{32}$/.test(k.name) && k.expires > Date.now() / 1000);
		} catch { /* no storage here, or not ours */
			return [];
		}
	};
	const forget = name => {
		try {
			localStorage.setItem('kept', JSON.stringify(remembered().filter(k => k.name !== name)));
		} catch { /* then there is nothing to forget */ }
	};
	/* twice: what cannot be taken back wants a second press. */
	const twice = (button, act) => {
		const words = button.textContent, name = button.getAttribute('aria-label');
		let armed = 0;
		const show = (text, label) => {
			button.textContent = text;
			if (name)
				button.setAttribute('aria-label', label);
		};
		button.addEventListener('click', () => {
			clearTimeout(armed);
			if (armed)
				return act();
			show('Really delete?', `Really? ${name}`);
			armed = setTimeout(() => { armed = 0; show(words, name); }, 5000);
		});
	};
	const remove = async (kept, button) => {
		const r = await fetch(`/r/${kept.name}/delete`, { method: 'POST', headers: { 'X-Kbt': '1' }, body: new URLSearchParams({ key: kept.key }) })
			.catch(() => ({ status: 0 }));
		const gone = r.ok || r.status === 404;
		button.textContent = gone ? 'Deleted' : 'It could not be deleted';
		button.removeAttribute('aria-label');
		button.disabled = true;
		if (gone) {
			forget(kept.name);
			yours();
		}
	};
	const button = (kept, words, which) => {
		const b = document.createElement('button');
		b.type = 'button';
		b.textContent = words;
		b.setAttribute('aria-label', `${words} ${which}`);
		twice(b, () => remove(kept, b));
		return b;
	};
	const yours = () => {
		const list = $('yours'), all = remembered();
		for (const b of document.querySelectorAll('[data-delete]')) {
			const kept = all.find(k => k.name === b.dataset.delete);
			if (kept && b.hidden) {
				b.hidden = false;
				twice(b, () => remove(kept, b));
			}
		}
		if (!list)
			return;
		list.hidden = !all.length;
		list.querySelector('ul').replaceChildren(...all.map(kept => {
			const item = document.createElement('li'), link = document.createElement('a'), until = document.createElement('span');
			link.href = `/r/${kept.name}`;
			link.textContent = kept.title || 'A report';
			until.className = 'hint';
			until.textContent = `${kept.made ? `made ${new Date(kept.made).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })}, ` : ''}` +
				`here until ${new Date(kept.expires * 1000).toLocaleDateString([], { dateStyle: 'medium' })}`;
			item.append(link, ' ', until, ' ', button(kept, 'Delete', `${link.textContent}, ${until.textContent}`));
			return item;
		}));
	};
	const remember = () => {
		const made = document.querySelector('.made[data-key]');
		if (!made)
			return;
		const { name, key, expires, title } = made.dataset;
		try {
			if (remembered().some(k => k.name === name))
				return;
			localStorage.setItem('kept', JSON.stringify([{ name, key, made: Date.now(), expires: Number(expires), title: title.slice(0, 120) },
				...remembered().filter(k => k.name !== name)].slice(0, 50)));
			made.querySelector('[data-remembers]').hidden = false;
			made.querySelector('form').addEventListener('submit', () => forget(name));
			yours();
		} catch { /* then its delete address has to do */ }
	};
	if ($('key'))
		$('key').value = location.hash.slice(1);
	remember();
	yours();

	window.kbt = { $, piece, say, feed, offerCopies, remember }; /* for logs.js */

	/* note: what was asked stays with the history's entry, in no address. The entry is then one that is got by its address:
	   Back and a reload send nothing again that a form had sent. */
	const note = () => {
		const set = [...new FormData(ask)].filter(([name, value]) => name.startsWith('set.') && value);
		history.replaceState(text.value.length < 1 << 16 ? { text: text.value, of: ask.elements.of.value, set } : null, '');
	};
	if (!ask) {
		history.replaceState(history.state, '');
		return;
	}

	let looking = null, probing = null, timer = 0, shown = text.value, before = new Map();
	const title = document.title;

	const post = async (url, signal, more, submitter) => {
		const body = new URLSearchParams(new FormData(ask));
		if (submitter)
			body.set(submitter.name, submitter.value);
		const headers = { Accept: 'text/html, application/json', 'X-Kbt': '1', ...more };
		const r = await fetch(url, { method: 'POST', body, signal, headers });
		if (r.ok)
			return r;
		if (r.status === 413 && url === '/ui/answer')
			scanLines(text.value);
		if (r.status === 401)
			throw new Error('The log-in has ended. Log in again in another tab, then go on here.');
		let why = `The server answered ${r.status}.`;
		try {
			why = (await r.json()).error || why;
		} catch { /* no JSON: the number has to do */ }
		throw new Error(why);
	};

	const failed = e => {
		if (e.name !== 'AbortError')
			say(e instanceof TypeError ? 'The server does not answer. Is kbt serve still running?' : e.message, 'bad');
	};

	/* stop ends the diagnosis; the server notices and sends no more probes. */
	const stop = () => {
		if (probing)
			probing.abort();
		probing = null;
		const run = $('run'), verdict = document.querySelector('#verdict.running');
		if (verdict) {
			verdict.className = 'verdict';
			verdict.querySelector('h3').textContent = 'Not finished';
		}
		if (run) {
			run.hidden = document.querySelector('#verdict.refused');
			run.textContent = $('probes') && $('probes').children.length ? 'Check again' : 'Run the probes';
		}
	};

	/* A row of a repeated check says what it said before, where that was something else. */
	const keyOf = row => row.querySelector('b').textContent + row.querySelector('.args').textContent;
	const compare = row => {
		const state = row.querySelector('.state'), old = before.get(keyOf(row));
		if (!old || old === state.textContent)
			return;
		const was = document.createElement('span');
		was.className = 'before';
		was.textContent = `was ${old}`;
		state.before(was);
	};

	/* Where a verdict asks for a value, it can be given. */
	const askFor = () => {
		for (const place of results.querySelectorAll('[data-ask]:empty')) {
			const name = place.dataset.ask, chip = document.createElement('label'), words = document.createElement('span'), field = document.createElement('input');
			if (ask.elements[`set.${name}`])
				continue;
			chip.className = 'chip open';
			words.textContent = name.replace('_', ' ');
			field.name = `set.${name}`;
			field.setAttribute('form', 'ask');
			field.autocomplete = 'off';
			field.size = 14;
			chip.append(words, field);
			place.append(chip);
		}
	};

	const scanLines = lines => {
		try {
			sessionStorage.setItem('lines', lines);
			location.href = '/logs';
		} catch {
			say('That is too much to hand over. Save it as a file and send it under Logs.', 'bad');
		}
	};

	/* put replaces what has the same id, and appends what says where it belongs. */
	const put = html => {
		for (const el of [...piece(html).children]) {
			const into = el.dataset.into && $(el.dataset.into), old = el.id && $(el.id);
			if (into) {
				compare(el);
				into.append(el);
			} else if (old) {
				old.replaceWith(el);
			}
		}
		askFor();
	};

	/* follow reads the stream; false where nothing of it comes through: something on the way holds it back. */
	const follow = async (signal, each, more) => {
		const own = new AbortController(), end = () => own.abort();
		let heard = false, patience = setTimeout(end, 4000);
		signal.addEventListener('abort', end);
		try {
			const response = await post('/ui/diagnose', own.signal, more);
			const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
			for (let rest = ''; ;) {
				const { value, done } = await reader.read();
				if (done)
					return true;
				heard = true;
				clearTimeout(patience);
				patience = setTimeout(end, 25000); /* the server says every 10 s that it is there */
				rest = feed(rest + value, each);
			}
		} catch (e) {
			if (signal.aborted || (!heard && e.name !== 'AbortError'))
				throw e;
			return heard; /* broken, or held back: the caller goes on */
		} finally {
			clearTimeout(patience);
			signal.removeEventListener('abort', end);
		}
	};

	const poll = async (signal, each, decided) => {
		const last = { method: 'POST', body: new URLSearchParams(new FormData(ask)), headers: { 'X-Kbt': '1' }, keepalive: true };
		const leave = () => { fetch('/ui/diagnose?stop=1', last).catch(() => {}); };
		signal.addEventListener('abort', leave);
		addEventListener('pagehide', leave);
		try {
			for (let more = {}; !decided() && !signal.aborted; more = { 'Last-Event-ID': lastId || '0' }) {
				feed(await (await post('/ui/diagnose?poll=1', signal, more)).text(), each);
				if (!decided())
					await new Promise(done => setTimeout(done, 600));
			}
		} finally {
			signal.removeEventListener('abort', leave);
			removeEventListener('pagehide', leave);
		}
	};

	const canStream = 'TextDecoderStream' in window && 'body' in Response.prototype;

	const diagnose = async () => {
		stop();
		const mine = probing = new AbortController(), run = $('run'), rows = $('probes') ? [...$('probes').children] : [];
		let decided = false;
		lastId = '';
		if (rows.length)
			before = new Map(rows.map(row => [keyOf(row), row.querySelector('.state').textContent]));
		if (run)
			run.textContent = 'Stop';
		if ($('shared'))
			$('shared').hidden = true;
		say('Probing…');
		try {
			const each = (name, data) => {
				put(data);
				decided = decided || name === 'verdict' || name === 'error';
			};
			const streams = canStream && await follow(mine.signal, each);
			if (streams && !decided) /* it broke: the run goes on for a moment, and is read from where it was */
				await follow(mine.signal, each, { 'Last-Event-ID': lastId || '0' });
			if (!decided)
				await poll(mine.signal, each, () => decided);
			const headline = $('verdict') && $('verdict').querySelector('h3');
			say(headline ? headline.textContent : '', headline ? $('verdict').classList[1] : '');
		} catch (e) {
			failed(e);
		}
		if (probing === mine)
			stop();
	};

	/* pass copies the report in one of its forms. */
	const pass = async button => {
		const words = button.dataset.words = button.dataset.words || button.textContent;
		try {
			await navigator.clipboard.writeText(await (await post('/', undefined, undefined, button)).text());
			button.textContent = 'Copied';
			say('Copied.');
			setTimeout(() => { button.textContent = words; }, 2000);
		} catch (e) {
			failed(e);
		}
	};

	const keep = async button => {
		try {
			$('made-here').replaceChildren(piece(await (await post('/', undefined, undefined, button)).text()));
			offerCopies();
			remember();
			say('Kept. The link is below.');
		} catch (e) {
			failed(e);
		}
	};

	/* explain shows the answer to what is in the field; probe: and then asks the network, where that helps. */
	const explain = async probe => {
		clearTimeout(timer);
		stop();
		if (looking)
			looking.abort();
		const mine = looking = new AbortController(), focus = document.activeElement && document.activeElement.name;
		if (shown !== text.value)
			before = new Map();
		shown = text.value;
		/* What takes long is said; the answer that stands is then of another message. */
		const late = setTimeout(() => { say('Looking it up…'); results.className = 'old'; }, 400);
		try {
			const html = await (await post('/ui/answer', mine.signal)).text();
			if (looking !== mine)
				return;
			results.replaceChildren(piece(html));
			results.className = '';
			ask.elements.of.value = results.querySelector('[data-of]') ? results.querySelector('[data-of]').dataset.of : '';
			say('');
			reveal();
			$('heard').textContent = [...results.querySelectorAll('.whole p, #best')].map(e => e.textContent).join(' ');
			document.title = $('best') ? `${$('best').textContent} - kbtriage` : title;
			note();
			if (focus && focus.startsWith('set.') && ask.elements[focus])
				ask.elements[focus].focus();
			if (probe && $('diagnosis') && $('run') && !results.querySelector('[aria-invalid]') && (probe === 'always' || 'auto' in $('diagnosis').dataset))
				diagnose();
		} catch (e) {
			if (looking === mine)
				results.className = 'old';
			failed(e);
		} finally {
			clearTimeout(late);
		}
	};

	/* Long lines are not wrapped: that takes a browser seconds. */
	const wrap = n => { text.wrap = n > 1 << 16 ? 'off' : 'soft'; };

	const grow = () => {
		wrap(text.textLength);
		text.rows = 2;
		const line = parseFloat(getComputedStyle(text).lineHeight), more = text.scrollHeight - text.clientHeight;
		text.rows = Math.min(innerWidth < 640 ? 6 : 10, 2 + Math.ceil(more / line));
	};

	text.addEventListener('paste', e => {
		const all = e.clipboardData ? e.clipboardData.getData('text') : '';
		if (all.length > text.maxLength) { /* the field would cut it off without a word */
			e.preventDefault();
			scanLines(all);
			return;
		}
		wrap(text.textLength + all.length);
		if (all.length > 1 << 16) { /* much faster so than as the browser does it */
			e.preventDefault();
			text.setRangeText(all, text.selectionStart, text.selectionEnd, 'end');
		}
		setTimeout(() => { grow(); explain('auto'); });
	});
	text.addEventListener('input', e => {
		if (e.inputType === 'insertFromPaste')
			return;
		grow();
		clearTimeout(timer);
		timer = setTimeout(() => { if (text.value !== shown) explain(''); }, 180);
	});
	ask.addEventListener('submit', e => {
		const wants = e.submitter ? e.submitter.value : '';
		const copies = ['markdown', 'ticket', 'json'].includes(wants);
		if (copies && !navigator.clipboard)
			return;
		e.preventDefault();
		if (wants === 'keep') {
			keep(e.submitter);
		} else if (copies) {
			pass(e.submitter);
		} else if (wants === 'scan') {
			scanLines(text.value);
		} else if (wants === 'diagnose') {
			if (probing)
				stop(), say('Stopped.');
			else
				diagnose();
		} else {
			explain('auto');
		}
	});
	results.addEventListener('change', e => { if (e.target.name && e.target.name.startsWith('set.')) explain('always'); });
	document.addEventListener('keydown', e => {
		if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
			e.preventDefault();
			explain('always');
		} else if (e.key === 'Escape' && probing) {
			stop();
			say('Stopped.');
		} else if (e.key === 'Escape' && e.target.matches('#text, .chip input')) {
			e.target.blur(); /* to where the keys of one character work */
		}
	});
	/* A file belongs to the logs; let fall here, the browser would leave the page for it. */
	for (const name of ['dragover', 'drop'])
		document.addEventListener(name, async e => {
			const [file] = e.dataTransfer.files;
			if (!e.dataTransfer.types.includes('Files'))
				return;
			e.preventDefault();
			if (name === 'dragover' || !file)
				return;
			const lines = file.size < 2 << 20 ? await file.text() : '\0';
			if (lines.includes('\0'))
				say('Send it under Logs: they take large and compressed files.', 'bad');
			else
				scanLines(lines);
		});

	const [came] = performance.getEntriesByType('navigation');
	const again = came && came.type !== 'navigate'; /* back, or loaded again */
	if (again && history.state && history.state.text && history.state.text !== text.value) {
		const values = history.state.set.map(([name, value]) => Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
		text.value = history.state.text;
		ask.elements.of.value = history.state.of;
		ask.append(...values);
		explain('');
		values.forEach(v => v.remove()); /* the answer has fields for them */
	} else if (text.value && !location.search && text.value.length < 1 << 16) {
		note();
	}
	grow();
})();
