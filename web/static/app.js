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

	const isEditable = e => e.matches('input, textarea, select, [contenteditable]');

	document.addEventListener('keydown', e => {
		if (e.ctrlKey || e.metaKey || e.altKey || isEditable(e.target))
			return;
		const find = document.querySelector('.find input');
		if (e.key === '/') {
			(text || find).focus();
			e.preventDefault();
		} else if (e.key === '?') {
			$('keys').showModal();
			e.preventDefault();
		}
	});
	if (!ask)
		return;

	let looking = null, probing = null, timer = 0, shown = text.value, lastId = '', before = new Map();
	const say = words => { $('busy').textContent = words; };

	const post = async (url, signal, more, submitter) => {
		const body = new URLSearchParams(new FormData(ask));
		if (submitter)
			body.set(submitter.name, submitter.value);
		const headers = { Accept: 'text/html, application/json', 'X-Kbt': '1', ...more };
		const r = await fetch(url, { method: 'POST', body, signal, headers });
		if (r.ok)
			return r;
		let why = `The server answered ${r.status}.`;
		try {
			why = (await r.json()).error || why;
		} catch { /* no JSON: the number has to do */ }
		throw new Error(why);
	};

	const failed = e => {
		if (e.name !== 'AbortError')
			say(e instanceof TypeError ? 'The server does not answer. Is kbt serve still running?' : e.message);
	};

	/* stop ends the diagnosis; the server notices and sends no more probes. */
	const stop = () => {
		if (probing)
			probing.abort();
		probing = null;
		const run = $('run');
		if (run)
			run.textContent = $('probes') && $('probes').children.length ? 'Check again' : 'Run the probes';
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
	};

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

	/* follow reads the stream; false where nothing of it comes through: something on the way holds it back. */
	const follow = async (signal, each, more) => {
		const own = new AbortController(), end = () => own.abort();
		let heard = false;
		const patience = setTimeout(() => { if (!heard) end(); }, 4000);
		signal.addEventListener('abort', end);
		try {
			const response = await post('/ui/diagnose', own.signal, more);
			const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
			for (let rest = ''; ;) {
				const { value, done } = await reader.read();
				if (done)
					return true;
				heard = true;
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
		for (let more = {}; !decided() && !signal.aborted; more = { 'Last-Event-ID': lastId || '0' }) {
			feed(await (await post('/ui/diagnose?poll=1', signal, more)).text(), each);
			if (!decided())
				await new Promise(done => setTimeout(done, 600));
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
			say(headline ? headline.textContent : '');
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
		try {
			const html = await (await post('/ui/answer', mine.signal)).text();
			if (looking !== mine)
				return;
			results.replaceChildren(piece(html));
			ask.elements.of.value = results.querySelector('[data-of]') ? results.querySelector('[data-of]').dataset.of : '';
			say('');
			if (focus && focus.startsWith('set.') && ask.elements[focus])
				ask.elements[focus].focus();
			if (probe && $('diagnosis') && (probe === 'always' || 'auto' in $('diagnosis').dataset))
				diagnose();
		} catch (e) {
			failed(e);
		}
	};

	const grow = () => {
		text.rows = Math.min(14, Math.max(2, text.value.split('\n').length));
	};

	text.addEventListener('paste', () => setTimeout(() => { grow(); explain('auto'); }));
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
		if (wants === 'keep' || (copies && !navigator.clipboard))
			return;
		e.preventDefault();
		if (copies) {
			pass(e.submitter);
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
		}
	});
	results.addEventListener('toggle', e => {
		const copy = e.target.querySelector('[data-copy]');
		if (copy && navigator.clipboard)
			copy.hidden = false;
	}, true);
	results.addEventListener('click', e => {
		if (!e.target.matches('[data-copy]'))
			return;
		const area = e.target.closest('details').querySelector('textarea');
		navigator.clipboard.writeText(area.value).then(() => { e.target.textContent = 'Copied'; }, () => area.select());
	});
	grow();
})();
