// A source that sends positions of another system than it declares is named, with the evidence on the map.
import assert from "node:assert/strict";
import { drawn, shot } from "../lib/browser.mjs";
import { accessible, account, signedIn } from "../lib/people.mjs";
import { get, live } from "../lib/reports.mjs";
import { serveStaffed } from "../lib/server.mjs";

/** What GCJ-02 calls a place, by asking the server until it comes back to it. */
async function asGcj02(base, [lon, lat]) {
	let [x, y] = [lon, lat];
	for (let turn = 0; turn < 3; turn += 1) {
		const { position } = await get(base, `locate?lon=${x.toFixed(7)}&lat=${y.toFixed(7)}&crs=gcj02`);
		[x, y] = [x + lon - position[0], y + lat - position[1]];
	}
	return [x, y];
}

async function aWrongSystemIsNamed({ open, base }) {
	const server = await serveStaffed([account("jia", ["dispatcher"]), account("yuan", ["worker"])]);
	const at = server.base;
	try {
		const page = await signedIn(open, at, "jia", { hash: "#/reports" });
		await live(page);
		assert.equal(await page.locator("[data-datum]").count(), 0);
		const { items } = await get(base, "units?layer=land&level=grid&limit=80");
		for (const [i, { code, label }] of items.entries()) {
			const [lon, lat] = await asGcj02(base, label);
			const answer = await page.request.post(`${at}/api/v1/reports`, {
				headers: { "idempotency-key": `datum-${i}` },
				data: { crs: "wgs84", lon, lat, category: "waste", declared_unit: code, occurred_at: new Date().toISOString() },
			});
			assert.equal(answer.status(), 201, await answer.text());
		}
		await page.reload();
		await page.locator("[data-datum=jia]").waitFor();
		await page.getByText("来源“jia”的坐标像是 GCJ-02").waitFor();
		await page.locator("[data-datum=jia]").getByRole("button", { name: "在地图上看" }).click();
		await page.getByText("虚线从现在的位置").waitFor();
		await drawn(page);
		await shot(page, "reports-datum-desk-light");
		await accessible(page);
		// Whoever dispatches is told; a worker is not asked to judge it.
		const worker = await signedIn(open, at, "yuan", { hash: "#/reports" });
		await live(worker);
		assert.equal(await worker.locator("[data-datum]").count(), 0);
	} finally {
		await server.stop();
	}
	return [/status of 40[13]/];
}

export const checks = { "reports: a source of another system is named": aWrongSystemIsNamed };
