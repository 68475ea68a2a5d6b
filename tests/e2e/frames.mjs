// How long it takes from a move of the pointer to the frame in which the preview of it is painted: `run frames [N]`.
// Against whatever WANGGE names; the figures that count are those of a release.
import { begin, click, sharedBorders } from "./lib/drawing.mjs";
import { drawn, open } from "./lib/browser.mjs";
import { between } from "./lib/place.mjs";

const VIEW = "view=15.00/110.30000/25.31000";
const BOX = [110.29, 25.302, 110.31, 25.318];

/**
 * In the page: notes when the last move of the pointer came, when a preview was asked for and answered, and when the
 * first frame after its numbers were put on the page was painted.
 */
function watch() {
	const seen = { moved: 0, asked: 0, answered: 0 };
	window.frames_ = [];
	const numbers = () => document.querySelector("[data-preview]")?.textContent ?? "";
	window.addEventListener("pointermove", () => { seen.moved = performance.now(); }, true);
	const ask = window.fetch;
	window.fetch = async (...words) => {
		const isPreview = String(words[0]?.url ?? words[0]).includes("/preview");
		if (isPreview) seen.asked = performance.now();
		const answer = await ask(...words);
		if (isPreview && answer.ok) seen.answered = performance.now();
		return answer;
	};
	let before = numbers();
	new MutationObserver(() => {
		const now = numbers();
		if (now === before) return;
		before = now;
		const { moved, asked, answered } = seen;
		// The frame that has it is painted before the task that its callback leaves behind.
		requestAnimationFrame(() => {
			const channel = new MessageChannel();
			channel.port1.onmessage = () => {
				const painted = performance.now();
				if (now !== "") window.frames_.push({ all: painted - moved, wait: asked - moved, server: answered - asked, paint: painted - answered });
			};
			channel.port2.postMessage(null);
		});
	}).observe(document.body, { childList: true, subtree: true, characterData: true });
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

export async function measureFrames(browser, base, count = 60) {
	const { page, context } = await open(browser, base, { hash: `#/edit?${VIEW}` });
	await drawn(page);
	await begin(page, "预览要多久");
	const draft = await page.evaluate(() => Number(/draft=(\d+)/.exec(location.hash)[1]));
	const { at: pixel, borders } = await sharedBorders(page, base, draft, BOX);
	await page.evaluate(watch);
	const { path } = borders[0];
	const i = Math.floor(path.length / 3);
	const [a, b] = [pixel(between(path[i], path[i + 1], 0.5)), pixel(path.at(-2))];
	const [dx, dy] = [b.x - a.x, b.y - a.y];
	const long = Math.hypot(dx, dy);
	await click(page, a);
	// Out and back to the border with each move, so that each has another preview.
	await click(page, { x: (a.x + b.x) / 2 - (dy / long) * 24, y: (a.y + b.y) / 2 + (dx / long) * 24 });
	for (let n = 0; n < count * 2 && (await page.evaluate(() => window.frames_.length)) < count; n += 1) {
		const share = 0.35 + 0.3 * (((n * 7) % 20) / 20);
		const side = 26 + ((n * 5) % 17);
		const place = { x: a.x + dx * share - (dy / long) * side, y: a.y + dy * share + (dx / long) * side };
		const had = await page.evaluate(() => window.frames_.length);
		await page.mouse.move(place.x, place.y);
		await page.waitForFunction((n) => window.frames_.length > n, had, { timeout: 3000 }).catch(() => {});
		await page.waitForTimeout(80);
	}
	const found = await page.evaluate(() => window.frames_);
	console.log(`from a move of the pointer to the painted preview, ${found.length} times, in ms`);
	for (const [name, words] of [["all", "all of it"], ["wait", "the page waits for more moves"], ["server", "asked and answered"], ["paint", "answered and painted"]]) {
		const sorted = found.map((one) => one[name]).sort((x, y) => x - y);
		const told = [0.5, 0.99, 1].map((share) => at(sorted, share).toFixed(0).padStart(6)).join("");
		console.log(`${words.padEnd(32)} median, p99, worst ${told}`);
	}
	await page.getByRole("button", { name: "撤回草案" }).click();
	await context.close();
}
