// Takes the pictures of docs/: the real page on the demo city.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { drawn, open } from "./lib/browser.mjs";
import { begin, redraw, sharedBorders } from "./lib/drawing.mjs";
import { root } from "./lib/server.mjs";

const FOLDER = join(root, "docs/pictures");
const DOWNTOWN = "view=12.60/110.27500/25.28000";

/** A border of a new draft, half way to being redrawn. */
async function drawBorder(page, base) {
	const draft = await begin(page, "驿前社区边界调整", "2026 年网格优化,按小区围墙");
	const { at, borders } = await sharedBorders(page, base, draft, [110.29, 25.3, 110.31, 25.32]);
	await redraw(page, at, borders[0], 70);
	await page.locator("[data-preview]").waitFor();
	await page.evaluate(() => document.activeElement?.blur());
}

const PICTURES = [
	{ name: "city", hash: "" },
	{ name: "map", hash: `#/map?${DOWNTOWN}`, click: { x: 860, y: 430 } },
	{ name: "map-dark", theme: "dark", hash: `#/map?${DOWNTOWN}&layers=land,water,police`, click: { x: 860, y: 430 } },
	{ name: "lookup", hash: "#/lookup?q=110.29,25.27" },
	{ name: "edit", hash: "#/edit?view=15.60/110.30000/25.30700", act: drawBorder },
	{ name: "phone", size: "phone", hash: `#/map?${DOWNTOWN}`, click: { x: 200, y: 300 } },
];

export async function takeShots(browser, base) {
	mkdirSync(FOLDER, { recursive: true });
	for (const { name, click, act, ...options } of PICTURES) {
		const { page, context } = await open(browser, base, options);
		await drawn(page);
		if (click) {
			await page.locator(".maplibregl-canvas").click({ position: click });
			await page.locator("article").waitFor();
		}
		if (act) await act(page, base);
		await page.waitForTimeout(1200);
		const path = join(FOLDER, `${name}.png`);
		await page.screenshot({ path });
		console.log(path.slice(root.length + 1));
		await context.close();
	}
}
