// People who are signed in, and what axe says of their pages.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { require } from "./browser.mjs";

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
export const PASSWORD = "correct horse battery";

/** An account for `serveStaffed`. */
export const account = (name, roles, more = []) => ({ name, password: PASSWORD, roles, more });

/** A page in which somebody is signed in; the form itself is tried by the checks of people. */
export async function signedIn(open, at, name, options = {}) {
	const page = await open({ at, ...options });
	const answer = await page.request.post(`${at}/api/v1/session`, { data: { name, password: PASSWORD } });
	assert.equal(answer.status(), 200, await answer.text());
	await page.reload();
	return page;
}

/** Asks the server as whoever is signed in on a page. */
export async function api(page, at, method, path, body, headers = {}) {
	const answer = await page.request.fetch(`${at}/api/v1/${path}`, { method, headers, ...(body ? { data: body } : {}) });
	const got = await answer.json();
	assert.ok(answer.ok(), `${path}: ${JSON.stringify(got)}`);
	return { got, tag: answer.headers().etag };
}

/** Nothing serious is wrong with what a page shows. */
export async function accessible(page) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
	const found = violations.filter((v) => ["serious", "critical"].includes(v.impact));
	assert.deepEqual(found.map((v) => `${v.id}: ${v.nodes[0]?.html}`), []);
}
