/* SPDX-License-Identifier: MIT
 *
 * What the page of logs gains with a script, behind app.js: a file is sent as it is; progress and the result come back as
 * events.
 */
'use strict';
(() => {
	const { $, piece, say, feed, offerCopies, remember } = window.kbt;

	/* narrow shows what of a result is wanted: articles by their boxes in the legend, times by two lists. */
	const narrow = () => {
		const chart = $('results').querySelector('.time'), items = [...$('results').querySelectorAll('.incident')];
		if (!chart || !items.length)
			return;
		const counts = items.map(i => (i.dataset.when || '').split(' ').filter(Boolean).map(w => w.split(':').map(Number)));
		const columns = [...chart.querySelectorAll('g')].map(g => ({ g, at: Number(g.dataset.at), label: g.querySelector('title').textContent.replace(/: \d+$/, '') }));
		const wanted = new Set(items.map(i => i.id)), lists = [], told = document.createElement('output');
		chart.append(told);
		const apply = () => {
			const [from, to] = lists.length ? lists.map(l => Number(l.value)) : [0, Infinity];
			let shown = 0;
			items.forEach((item, k) => {
				const n = counts[k].reduce((sum, [at, count]) => sum + (at >= from && at <= to ? count : 0), 0);
				item.hidden = !wanted.has(item.id) || (counts[k].length > 0 && !n);
				shown += !item.hidden;
			});
			for (const c of columns)
				c.g.classList.toggle('off', c.at < from || c.at > to);
			told.textContent = shown < items.length ? `${shown} of ${items.length} shown` : '';
		};
		for (const link of chart.querySelectorAll('.legend a')) {
			const box = document.createElement('input'), pick = document.createElement('label');
			box.type = 'checkbox';
			box.checked = true;
			box.setAttribute('aria-label', `Show ${link.textContent}`);
			box.addEventListener('change', () => {
				wanted[box.checked ? 'add' : 'delete'](link.hash.slice(1));
				apply();
			});
			pick.append(box);
			link.closest('li').prepend(pick);
		}
		if (columns.length > 1) {
			const bar = document.createElement('p');
			bar.className = 'range';
			for (const [words, at, label_of] of [['From', 0, c => c.label], ['to', columns.length - 1, c => c.g.dataset.to]]) {
				const label = document.createElement('label'), list = document.createElement('select');
				label.append(`${words} `, list);
				for (const c of columns)
					list.append(new Option(label_of(c), c.at));
				list.selectedIndex = at;
				list.addEventListener('change', apply);
				lists.push(list);
				bar.append(label, ' ');
			}
			chart.querySelector('.legend').before(bar);
			for (const c of columns)
				c.g.addEventListener('click', () => {
					for (const list of lists)
						list.value = c.at;
					apply();
				});
		}
	};

	const form = $('send'), file = $('file'), drop = $('drop'), bar = $('progress');
	let sending = null, sent = null;
	const end = words => {
		sending = null;
		bar.hidden = true;
		say(words, 'bad');
	};
	/* copy has the same file scanned once more and answered in another form. */
	const copy = async button => {
		const words = button.dataset.words = button.dataset.words || button.textContent, body = new FormData();
		for (const name of ['article', 'since', 'until'])
			body.set(name, form.elements[name].value);
		body.set('file', sent);
		try {
			const r = await fetch('/logs', { method: 'POST', body, headers: { Accept: button.dataset.as, 'X-Kbt': '1' } });
			if (!r.ok)
				throw new Error(`The server answered ${r.status}.`);
			await navigator.clipboard.writeText(await r.text());
			button.textContent = 'Copied';
			setTimeout(() => { button.textContent = words; }, 2000);
		} catch (e) {
			say(e instanceof TypeError ? 'The file cannot be read again. Send it once more.' : e.message, 'bad');
		}
	};
	$('results').addEventListener('click', e => { if (e.target.matches('[data-as]')) copy(e.target); });
	const show = html => {
		$('results').replaceChildren(piece(html));
		if ($('copies'))
			$('copies').hidden = !navigator.clipboard;
		offerCopies();
		remember();
		narrow();
		const found = $('found');
		if (found) {
			found.focus({ preventScroll: true });
			found.scrollIntoView({ block: 'start' });
		}
	};
	const send = chosen => {
		if (sending)
			sending.abort();
		$('results').replaceChildren();
		if (chosen.size > 64 << 20) {
			end('The file is larger than 64 MiB. On the command line kbt scan takes files of any size.');
			return;
		}
		const query = new URLSearchParams({ name: chosen.name });
		for (const name of ['article', 'since', 'until', 'keep'])
			if (form.elements[name] && form.elements[name].value)
				query.set(name, form.elements[name].value);
		const x = sending = new XMLHttpRequest();
		sent = chosen;
		let read = 0, ended = false;
		bar.hidden = false;
		bar.value = 0;
		say(`Sending ${chosen.name}…`);
		x.open('POST', `/ui/scan?${query}`);
		x.setRequestHeader('X-Kbt', '1');
		x.setRequestHeader('Accept', 'text/event-stream, application/json');
		x.setRequestHeader('Content-Type', 'application/octet-stream');
		x.upload.onprogress = e => { bar.value = e.total ? 50 * e.loaded / e.total : 0; };
		x.upload.onload = () => say('Scanning…');
		x.onprogress = () => {
			if (x.status !== 200)
				return;
			const rest = feed(x.responseText.slice(read), (name, data) => {
				if (name === 'progress') {
					const p = JSON.parse(data);
					bar.value = 50 + (p.total ? 50 * p.done / p.total : 0);
					say(`Scanning… ${p.hits} line${p.hits === 1 ? '' : 's'} so far`);
				} else {
					ended = true;
					end('');
					show(data);
				}
			});
			read = x.responseText.length - rest.length;
		};
		x.onload = () => {
			x.onprogress();
			let why = `The server answered ${x.status}.`;
			try {
				why = JSON.parse(x.responseText).error || why;
			} catch { /* no JSON: the number has to do */ }
			if (x.status !== 200)
				end(why);
			else if (!ended)
				end('The answer ended early. Send the file again.');
		};
		x.onerror = () => end('The server does not answer. Is kbt serve still running?');
		x.send(chosen);
	};
	form.addEventListener('submit', e => {
		e.preventDefault();
		if (file.files.length)
			send(file.files[0]);
	});
	file.addEventListener('change', () => { if (file.files.length) send(file.files[0]); });
	for (const name of ['dragover', 'dragleave', 'drop'])
		document.addEventListener(name, e => {
			e.preventDefault();
			drop.classList.toggle('over', name === 'dragover');
			if (name === 'drop' && e.dataTransfer.files.length) {
				file.files = e.dataTransfer.files;
				send(e.dataTransfer.files[0]);
			}
		});
	narrow();
	try { /* lines that were pasted on the first page */
		const lines = sessionStorage.getItem('lines');
		sessionStorage.removeItem('lines');
		if (lines)
			send(new File([lines], 'pasted.log'));
	} catch { /* no storage here, so nothing came this way */ }
})();
