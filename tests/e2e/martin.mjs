// The page's own style drawn from martin's tiles, beside ours. By hand, as it takes a martin:
//   WANGGE_DATABASE=postgres://… wangge draw, then wangge serve and martin --config tiles/martin.yaml
//   node tests/e2e/martin.mjs http://127.0.0.1:8080 http://127.0.0.1:3000/grid
// Both pictures of each view are in tests/e2e/shots; how many pixels differ is printed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { drawn, launch, open, SHOTS, shot } from "./lib/browser.mjs";

const [base, martin] = process.argv.slice(2);
if (!martin) throw new Error("usage: node tests/e2e/martin.mjs SERVER MARTIN_SOURCE");

const VIEWS = {
	province: "#/map?view=7.60/110.30000/25.30000",
	county: "#/map?view=10.20/110.30000/25.30000",
	downtown: "#/map?view=12.60/110.27500/25.28000&layers=land,water,police",
	street: "#/map?view=15.20/110.29000/25.27500&layers=land,water,police",
};

/** Answers the page's questions for tiles with what martin says. */
async function fromMartin(page, count) {
	await page.route(/\/tiles\/grid\/[^/]+\/\d+\/\d+(\.mvt)?|\/tiles\/grid\/\d+\/\d+\/\d+\.mvt/, async (route) => {
		const [z, x, y] = new URL(route.request().url()).pathname.match(/(\d+)\/(\d+)\/(\d+)\.mvt$/).slice(1);
		const answer = await fetch(`${martin}/${z}/${x}/${y}`);
		if (answer.status !== 200 && answer.status !== 204) throw new Error(`martin: ${answer.status} for ${z}/${x}/${y}`);
		count.tiles += 1;
		const body = Buffer.from(await answer.arrayBuffer());
		await route.fulfill({ status: answer.status, contentType: "application/vnd.mapbox-vector-tile", body });
	});
}

/** How many pixels of two pictures differ by more than a shade, counted in a page. */
async function differing(browser, a, b) {
	const page = await browser.newPage();
	const data = [a, b].map((name) => `data:image/png;base64,${readFileSync(join(SHOTS, `${name}.png`)).toString("base64")}`);
	const counted = await page.evaluate(async (urls) => {
		const pixels = await Promise.all(
			urls.map(async (url) => {
				const image = await createImageBitmap(await (await fetch(url)).blob());
				const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
				context.drawImage(image, 0, 0);
				return context.getImageData(0, 0, image.width, image.height).data;
			}),
		);
		let count = 0;
		for (let i = 0; i < pixels[0].length; i += 4) {
			const gap = [0, 1, 2].some((k) => Math.abs(pixels[0][i + k] - pixels[1][i + k]) > 16);
			count += gap ? 1 : 0;
		}
		return { count, of: pixels[0].length / 4 };
	}, data);
	await page.close();
	return counted;
}

const browser = await launch();
for (const [name, hash] of Object.entries(VIEWS)) {
	const count = { tiles: 0 };
	for (const from of ["ours", "martin"]) {
		// The page is opened empty first, so that no tile is asked for before martin answers.
		const { page, context, troubles } = await open(browser, base, { hash: "livez" });
		if (from === "martin") await fromMartin(page, count);
		await page.goto(`${base}/${hash}`);
		await drawn(page);
		await page.waitForTimeout(1500);
		await shot(page, `${name}-${from}`);
		for (const trouble of troubles) console.log(`${name} from ${from}: ${trouble}`);
		await context.close();
	}
	const { count: pixels, of } = await differing(browser, `${name}-ours`, `${name}-martin`);
	console.log(`${name}: ${count.tiles} tiles from martin, ${pixels} of ${of} pixels differ`);
	// Dashes may begin elsewhere along a border that the window cuts; a border or a name that is elsewhere is more.
	if (count.tiles === 0 || pixels * 1000 > of) process.exitCode = 1;
}
await browser.close();
