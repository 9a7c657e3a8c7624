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
			location.href = '/help#keys';
		}
	});
	if (!ask)
		return;

	let looking = null, probing = null, timer = 0, shown = text.value, lastId = '';
	const say = words => { $('busy').textContent = words; };

	const post = async (url, signal, more) => {
		const body = new URLSearchParams(new FormData(ask));
		const headers = { Accept: 'text/html, application/json', ...more };
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

	/* put replaces what has the same id, and appends what says where it belongs. */
	const put = html => {
		for (const el of [...piece(html).children]) {
			const into = el.dataset.into && $(el.dataset.into), old = el.id && $(el.id);
			if (into)
				into.append(el);
			else if (old)
				old.replaceWith(el);
		}
	};

	const events = async (response, each) => {
		const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
		let rest = '';
		for (;;) {
			const { value, done } = await reader.read();
			if (done)
				return;
			rest += value;
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
		}
	};

	const diagnose = async () => {
		stop();
		const mine = probing = new AbortController(), run = $('run');
		let decided = false;
		lastId = '';
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
			await events(await post('/ui/diagnose', mine.signal), each).catch(e => { if (e.name === 'AbortError') throw e; });
			if (!decided) /* the stream broke: the run goes on for a moment, and is read from where it was */
				await events(await post('/ui/diagnose', mine.signal, { 'Last-Event-ID': lastId }), each);
			const headline = $('verdict') && $('verdict').querySelector('h3');
			say(!decided ? 'The stream ended early. Run the probes again.' : headline ? headline.textContent : '');
		} catch (e) {
			failed(e);
		}
		if (probing === mine)
			stop();
	};

	/* explain shows the answer to what is in the field; probe: and then asks the network, where that helps. */
	const explain = async probe => {
		clearTimeout(timer);
		stop();
		if (looking)
			looking.abort();
		const mine = looking = new AbortController(), focus = document.activeElement && document.activeElement.name;
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
		e.preventDefault();
		if (e.submitter && e.submitter.value === 'diagnose') {
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
