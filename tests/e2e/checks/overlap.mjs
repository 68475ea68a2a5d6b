// 警网融合: the figures, the list and the map that are one, the files.
import assert from "node:assert/strict";
import { drawn, shot } from "../lib/browser.mjs";
import { accessible } from "../lib/people.mjs";

const rows = (page) => page.locator("[data-piece]");
const hashOf = (page) => page.evaluate(() => decodeURIComponent(location.hash));

async function opened(open, options = {}) {
	const page = await open({ hash: "#/overlap", ...options });
	await rows(page).first().waitFor();
	await drawn(page);
	return page;
}

async function figuresAreThoseOfTheServer({ open, base }) {
	const summary = await (await fetch(`${base}/api/v1/overlap/land/police/summary`)).json();
	const page = await opened(open);
	const figure = (name) => page.locator(`[data-figure=${name}] strong`).innerText();
	assert.equal(await figure("split"), summary.split_units.toLocaleString("en-US"));
	assert.equal(await figure("mismatch"), `${(summary.mismatch_share * 100).toFixed(1)} %`);
	assert.equal(await figure("nesting"), summary.nesting_index.toFixed(3));
	assert.equal(await figure("aligned"), `${(summary.boundary_alignment["5"] * 100).toFixed(1)} %`);
	await page.locator("[data-figure=nesting]").click();
	await page.getByRole("note").getByText("信息熵").waitFor();
	await shot(page, "overlap-city");
	await accessible(page);
}

async function listAndMapAreOne({ open }) {
	const page = await opened(open);
	const areas = await rows(page).locator(".area").allInnerTexts();
	const m2 = (text) => Number.parseFloat(text.replaceAll(",", "")) * (text.includes("km²") ? 1e6 : 1);
	for (let i = 1; i < areas.length; i += 1) assert.ok(m2(areas[i]) <= m2(areas[i - 1]) * 1.01, `${areas[i - 1]} before ${areas[i]}`);
	await page.getByLabel("排序").selectOption({ label: "占网格" });
	const shares = (await rows(page).locator(".area").allInnerTexts()).map(Number.parseFloat);
	assert.ok(shares.length > 50 && shares.every((share, i) => i === 0 || share <= shares[i - 1]), `${shares}`);
	assert.match(await hashOf(page), /sort=share/);
	const third = rows(page).nth(2);
	const key = await third.getAttribute("data-piece");
	await third.click();
	await page.waitForFunction((key) => decodeURIComponent(location.hash).includes(`piece=${key}`), key);
	await page.getByRole("article").getByText("主属警格").waitFor();
	await drawn(page);
	await shot(page, "overlap-piece");
	// By keyboard to the next, and the address brings it back.
	await page.keyboard.press("j");
	await page.waitForFunction((key) => !decodeURIComponent(location.hash).includes(`piece=${key}`), key);
	const hash = await hashOf(page);
	const again = await open({ hash });
	await again.locator("[data-piece][aria-current=true]").waitFor();
	await drawn(again);
	// A click on the hatched ground chooses its row.
	const other = await opened(open);
	await other.getByLabel("范围").selectOption({ label: "七星区" });
	await other.waitForFunction(() => location.hash.includes("scope=450305"));
	await rows(other).first().click();
	await drawn(other);
	const chosen = await rows(other).first().getAttribute("data-piece");
	await other.evaluate(() => history.replaceState(null, "", location.hash.replace(/&piece=[^&]*/, "")));
	await other.evaluate(() => dispatchEvent(new PopStateEvent("popstate")));
	await other.waitForFunction(() => !document.querySelector("[data-piece][aria-current]"));
	await drawn(other);
	const free = await other.evaluate(() => ({ x: (396 + innerWidth - 76) / 2, y: (48 + 24 + innerHeight - 48) / 2 }));
	// The middle of the box around a piece need not lie on it: look around there.
	for (const [dx, dy] of [[0, 0], [12, 0], [-12, 0], [0, 12], [0, -12], [40, 0], [-40, 0], [0, 40], [0, -40], [90, 0], [-90, 0], [0, 90], [0, -90]]) {
		await other.mouse.click(free.x + dx, free.y + dy);
		if (await other.locator("[data-piece][aria-current=true]").count()) break;
	}
	assert.equal(await other.locator("[data-piece][aria-current=true]").getAttribute("data-piece"), chosen);
	await shot(other, "overlap-county");
}

async function theSliderCountsSlivers({ open }) {
	const page = await opened(open);
	const counts = page.getByText(/处不一致/);
	const before = await counts.innerText();
	await page.locator("input[type=range]").fill("25");
	await page.waitForFunction((before) => !document.body.innerText.includes(before), before);
	assert.match(await hashOf(page), /sliver=25/);
	const [pieces, slivers] = (await counts.innerText()).match(/\d[\d,]*/g).map((n) => Number(n.replaceAll(",", "")));
	const [piecesBefore, sliversBefore] = before.match(/\d[\d,]*/g).map((n) => Number(n.replaceAll(",", "")));
	assert.ok(pieces < piecesBefore && slivers > sliversBefore, `${before}, then ${pieces} and ${slivers}`);
}

async function theMatrixAndTheFiles({ open, base }) {
	const { revision } = await (await fetch(`${base}/api/v1/overlap/land/police/summary`)).json();
	const page = await opened(open);
	await page.getByLabel("范围").selectOption({ label: "七星区" });
	await page.getByText("对照表").click();
	await page.locator("table td.most").first().waitFor();
	await shot(page, "overlap-matrix");
	await accessible(page);
	const waiting = page.waitForEvent("download");
	await page.getByRole("link", { name: "XLSX" }).click();
	const download = await waiting;
	assert.equal(download.suggestedFilename(), `mismatch-grid-police-r${revision}.xlsx`);
}

async function onAPhoneAndInTheDark({ open }) {
	for (const [size, theme] of [["phone", "light"], ["desk", "dark"]]) {
		const page = await opened(open, { size, theme, hash: "#/overlap?scope=450305&lang=zh" });
		await shot(page, `overlap-${size}-${theme}`);
		await accessible(page);
		if (size === "phone") {
			const small = await page.evaluate(() =>
				[...document.querySelectorAll("section button, section select, section summary, section a, section input")]
					.map((element) => [element.outerHTML.slice(0, 60), element.getBoundingClientRect()])
					.filter(([, { width, height }]) => width > 0 && (height < 43.5 || width < 43.5))
					.map(([html, { width, height }]) => `${html} ${Math.round(width)}×${Math.round(height)}`),
			);
			assert.deepEqual(small, []);
		}
	}
}

async function aSuggestionBecomesADraft({ open }) {
	const page = await opened(open);
	await page.getByLabel("范围").selectOption({ label: "七星区" });
	const first = page.locator("[data-suggestion^=align]").first();
	await first.waitFor();
	await shot(page, "overlap-suggestions");
	const name = await first.locator("strong").innerText();
	const target = name.match(/→ (.+?):/)[1];
	await first.getByRole("button", { name: "生成草案" }).click();
	await page.waitForFunction(() => /^#\/edit\?.*draft=\d+/.test(location.hash), null, { timeout: 60_000 });
	// The draft shows what the police grid gains, and asks nobody yet.
	await page.getByText(target).first().waitFor();
	await drawn(page);
	await shot(page, "overlap-draft");
	await accessible(page);
}

async function suggestionsByKind({ open, base }) {
	const page = await opened(open);
	await page.getByLabel("范围").selectOption({ label: "七星区" });
	for (const [kind, label] of [["snap", "贴合"], ["split", "分割"], ["align", "对齐"]]) {
		const list = `${base}/api/v1/overlap/land/police/suggestions?under=450305&kind=${kind}`;
		const { total } = await (await fetch(list)).json();
		await page.getByRole("button", { name: label, exact: true }).click();
		await page.getByRole("heading", { name: `建议 ${total}`, exact: true }).waitFor();
		if (total === 0) await page.getByText("没有这一类建议").waitFor();
		else await page.locator(`[data-suggestion^=${kind}]`).first().waitFor();
		assert.equal(await page.locator(`[data-suggestion]:not([data-suggestion^=${kind}])`).count(), 0);
	}
	// What is kept as it is gives and gets nothing.
	const keep = page.locator("[data-suggestion^=align] .keep button").first();
	const name = (await keep.innerText()).match(/保持(.+)不动/)[1];
	await keep.click();
	await page.locator("[data-locked]").waitFor();
	assert.match(await hashOf(page), /kind=align&locked=PCS/);
	await page.waitForFunction((name) => ![...document.querySelectorAll("[data-suggestion] strong")].some((title) => title.textContent.includes(name)), name);
	await shot(page, "overlap-kinds");
	await accessible(page);
}

async function bordersShowTheirClass({ open }) {
	const page = await open({ hash: "#/map?view=14.20/110.29000/25.27400" });
	const asked = [];
	page.on("response", (response) => response.url().includes("/tiles/overlap/") && asked.push(response.status()));
	await drawn(page);
	assert.deepEqual(asked, [], "only the overlap screen shows them");
	const first = page.waitForResponse((response) => response.url().includes("/tiles/overlap/"));
	await page.keyboard.press("5");
	await first;
	await drawn(page);
	assert.ok(asked.length > 0 && asked.every((status) => status === 200), `${asked}`);
	await shot(page, "overlap-classes");
}

export const checks = {
	"overlap: the figures are those of the server": figuresAreThoseOfTheServer,
	"overlap: list and map are one": listAndMapAreOne,
	"overlap: the slider counts slivers": theSliderCountsSlivers,
	"overlap: the matrix and the files": theMatrixAndTheFiles,
	"overlap: borders show their class": bordersShowTheirClass,
	"overlap: suggestions of each kind": suggestionsByKind,
	"overlap: a suggestion becomes a draft": aSuggestionBecomesADraft,
	"overlap: on a phone and in the dark": onAPhoneAndInTheDark,
};
