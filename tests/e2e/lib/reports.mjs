// Reports as other programs send them, and how the page shows them.
import assert from "node:assert/strict";

let sent = 0;
const RUN = `e2e-${process.pid}-${Math.floor(performance.timeOrigin)}`;

async function send(base, path, body, headers = {}) {
	const answer = await fetch(`${base}/api/v1/${path}`, {
		method: "POST",
		headers: { "content-type": "application/json", ...headers },
		body: JSON.stringify(body),
	});
	const got = await answer.json();
	assert.ok(answer.ok, `${path}: ${JSON.stringify(got)}`);
	return got;
}

/** Files a report; downtown, now, when nothing else is said. */
export function file(base, more = {}, headers = {}) {
	sent += 1;
	const body = {
		crs: "cgcs2000",
		lon: 110.29,
		lat: 25.274,
		category: "waste",
		occurred_at: new Date().toISOString(),
		...more,
	};
	return send(base, "reports", body, { "idempotency-key": `${RUN}-${sent}`, ...headers });
}

/** Sends something to the server as whoever sits at its machine; `version` of what was seen. */
export const post = (base, path, body, version) => send(base, path, body, version === undefined ? {} : { "if-match": `"${version}"` });

/** Files many at once, at these places. */
export async function sendAll(base, places) {
	const occurred_at = new Date().toISOString();
	const line = (place, n) => JSON.stringify({ key: `${RUN}-many-${n}`, crs: "cgcs2000", category: "waste", occurred_at, ...place });
	const answer = await fetch(`${base}/api/v1/reports`, {
		method: "POST",
		headers: { "content-type": "application/x-ndjson" },
		body: places.map(line).join("\n"),
	});
	const answers = (await answer.text()).trim().split("\n").map((text) => JSON.parse(text));
	assert.deepEqual(answers.filter(({ status }) => status !== 201), []);
	assert.equal(answers.length, places.length);
}

export const stage = (base, id, to, comment) =>
	send(base, `reports/${id}/stage`, { to, ...(comment ? { comment } : {}) });

export async function get(base, path) {
	const answer = await fetch(`${base}/api/v1/${path}`);
	const got = await answer.json();
	assert.ok(answer.ok, `${path}: ${JSON.stringify(got)}`);
	return got;
}

/** A place well inside the first grid of a county. */
export async function placeIn(base, county) {
	let code = county;
	for (let level = 0; level < 3; level += 1) code = (await get(base, `units/land/${code}/children?limit=1`)).items[0].code;
	return (await get(base, `units/land/${code}`)).properties.label;
}

export const row = (page, id) => page.locator(`[data-report="${id}"]`);

/** The badge says that what happens is shown as it happens. */
export const live = (page) => page.locator("[data-live=live]").waitFor();

export const hashOf = (page) => page.evaluate(() => decodeURIComponent(location.hash));

/** What a finger would miss, and what is wider than the screen. */
export async function tooSmall(page) {
	return page.evaluate(() => {
		const small = [...document.querySelectorAll("aside button, aside select, aside textarea, aside summary, aside a")]
			.filter((one) => one.checkVisibility() && !one.closest(".hidden"))
			.map((one) => ({ one, box: one.getBoundingClientRect() }))
			.filter(({ box }) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
			.map(({ one, box }) => `${one.outerHTML.slice(0, 90)} ${box.width.toFixed(0)}×${box.height.toFixed(0)}`);
		const wide = document.documentElement.scrollWidth - innerWidth;
		return wide > 0 ? [...small, `the page is ${wide} px too wide`] : small;
	});
}
