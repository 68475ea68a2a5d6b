import assert from "node:assert/strict";
import { drawn, shot } from "../lib/browser.mjs";

const sizes = ["desk", "phone"];
const hashOf = (page) => page.evaluate(() => decodeURIComponent(location.hash));
const DOWNTOWN = "#/map?view=13/110.29000/25.27500";

async function firstViewShowsTheCity({ open }) {
	for (const size of sizes) {
		for (const theme of ["light", "dark"]) {
			const page = await open({ size, theme });
			const names = await drawn(page);
			assert.match(names, /全州县/);
			for (const name of size === "desk" ? ["恭城瑶族自治县", "七星区"] : ["阳朔县"]) {
				assert.ok(names.includes(name), `${name} among ${names}`);
			}
			await page.getByText("示意数据,非真实界线").waitFor();
			await page.getByRole("link", { name: "GeoNames" }).waitFor();
			await shot(page, `city-${size}-${theme}`);
		}
	}
}

async function levelsAppearByZoom({ open }) {
	const seen = {};
	for (const zoom of [8, 10, 12, 14, 16]) {
		const page = await open({ hash: `#/map?view=${zoom}/110.29/25.275` });
		seen[zoom] = await drawn(page);
		await shot(page, `zoom-${zoom}`);
	}
	assert.match(seen[8], /[县区市]/);
	assert.match(seen[10], /街道|镇|乡/);
	assert.match(seen[12], /社区|村/);
	assert.match(seen[16], /第\d+网格|网格/);
}

async function searchFindsAndFlies({ open, base }) {
	for (const size of sizes) {
		const page = await open({ size });
		await drawn(page);
		const box = page.getByRole("combobox");
		await box.fill("七星");
		const first = page.getByRole("option").first();
		await first.waitFor();
		assert.match(await first.textContent(), /^\s*七星区/);
		await shot(page, `search-${size}`);
		await first.click();
		await page.getByRole("heading", { name: "七星区" }).waitFor();
		const hash = await hashOf(page);
		assert.match(hash, /unit=land:450305/);
		await drawn(page);
		const [zoom, lon, lat] = /view=([\d./-]+)/.exec(await hashOf(page))[1].split("/").map(Number);
		const { bbox } = (await (await fetch(`${base}/api/v1/units/land/450305`)).json()).properties;
		assert.ok(zoom > 9.5, `flew to zoom ${zoom}`);
		assert.ok(lon > bbox[0] - 0.1 && lon < bbox[2] && lat > bbox[1] - 0.1 && lat < bbox[3], `${lon}, ${lat}`);
		await shot(page, `qixing-${size}`);
	}
}

async function searchTakesPinyinAndCode({ open }) {
	const page = await open();
	const box = page.getByRole("combobox");
	for (const [typed, wanted] of [["qixing", /七星/], ["qxq", /七星区/], ["450305", /七星区/]]) {
		await box.fill(typed);
		const list = page.getByRole("option").filter({ hasText: wanted });
		await list.first().waitFor();
	}
	await box.fill("不存在的地方");
	await page.getByText("没有与“不存在的地方”相符的单元").waitFor();
}

async function clickOpensTheCard({ open, base }) {
	for (const size of sizes) {
		for (const theme of ["light", "dark"]) {
			const page = await open({ size, theme, hash: DOWNTOWN });
			await drawn(page);
			const at = size === "desk" ? { x: 900, y: 420 } : { x: 150, y: 300 };
			await page.locator(".maplibregl-canvas").click({ position: at });
			await page.getByText("责任链").waitFor();
			const card = await page.locator("article").innerText();
			for (const word of ["桂林市", "专职网格员", "三级网格长", "二级网格长", "一级网格长"]) {
				assert.ok(card.includes(word), `the card says ${word}`);
			}
			assert.match(card, /示例/);
			const code = /unit=land:(\d{15})/.exec(await hashOf(page))?.[1];
			assert.ok(code, "a grid is chosen");
			const answer = await fetch(`${base}/api/v1/units/land/${code}`);
			assert.ok(card.includes((await answer.json()).properties.name));
			await page.waitForTimeout(300);
			await shot(page, `card-${size}-${theme}`);
		}
	}
}

async function everyLevelCanBeChosen({ open, base }) {
	const page = await open({ hash: DOWNTOWN });
	await drawn(page);
	for (const [layer, level] of [
		["land", "city"], ["land", "county"], ["land", "township"], ["land", "village"], ["land", "grid"],
		["water", "water"], ["police", "station"], ["police", "police"],
	]) {
		const list = await (await fetch(`${base}/api/v1/units?layer=${layer}&level=${level}&limit=1`)).json();
		const { code, name } = list.items[0];
		await page.goto(`${base}/#/map?unit=${layer}:${encodeURIComponent(code)}&layers=land,water,police`);
		await page.getByRole("heading", { name, exact: true }).waitFor();
		await drawn(page);
		await shot(page, `unit-${layer}-${level}`);
	}
}

async function clickAtEachZoomChoosesItsLevel({ open }) {
	for (const [zoom, digits] of [[7.5, 6], [8.7, 9], [10.2, 12], [13, 15]]) {
		const page = await open({ hash: `#/map?view=${zoom}/110.29/25.275` });
		await drawn(page);
		await page.locator(".maplibregl-canvas").click({ position: { x: 740, y: 430 } });
		await page.getByText("责任链").waitFor();
		assert.match(await hashOf(page), new RegExp(`unit=land:\\d{${digits}}(&|$)`), `zoom ${zoom}`);
	}
}

async function backBringsTheStepBefore({ open }) {
	const page = await open({ hash: DOWNTOWN });
	await drawn(page);
	await page.locator(".maplibregl-canvas").click({ position: { x: 900, y: 420 } });
	await page.getByText("责任链").waitFor();
	const grid = await page.locator("h2").first().innerText();
	await page.locator("nav.path button").nth(1).click();
	await page.getByText("县区", { exact: true }).first().waitFor();
	await page.goBack();
	await page.getByRole("heading", { name: grid }).waitFor();
	await page.goBack();
	await page.getByRole("heading", { name: "桂林市网格" }).waitFor();
}

async function aLinkShowsTheSameToSomeoneElse({ open, base }) {
	const page = await open({ hash: "#/map?view=13/110.29/25.275&layers=land,police&lang=en&theme=dark" });
	await drawn(page);
	await page.locator(".maplibregl-canvas").click({ position: { x: 900, y: 420 } });
	await page.getByText("Who is responsible").waitFor();
	const link = await page.evaluate(() => location.href);
	const other = await open({ hash: link.slice(base.length + 1) });
	await drawn(other);
	await other.getByText("Who is responsible").waitFor();
	assert.equal(await other.locator("h2").first().innerText(), await page.locator("h2").first().innerText());
	assert.equal(await other.evaluate(() => document.documentElement.dataset.theme), "dark");
	assert.equal(await other.getByLabel("Police grids").isChecked(), true);
	assert.equal(await other.getByLabel("Water grids").isChecked(), false);
	await shot(other, "link-desk-dark");
}

async function switchesTurnLayersOff({ open }) {
	const page = await open({ hash: "#/map?view=12.5/110.29/25.275" });
	const before = await drawn(page);
	assert.match(before, /社区|村/);
	await page.getByLabel("网格", { exact: true }).uncheck();
	await page.waitForFunction(() => !/社区/.test(document.querySelector("#map-description")?.textContent ?? ""));
	await page.getByLabel("警格", { exact: true }).check();
	await page.waitForFunction(() => /派出所/.test(document.querySelector("#map-description")?.textContent ?? ""));
	await shot(page, "police-desk-light");
	assert.match(await hashOf(page), /layers=water,police/);
}

async function languageAndThemeTurn({ open }) {
	const page = await open({ hash: DOWNTOWN });
	await drawn(page);
	await page.getByRole("button", { name: /Switch to English/ }).click();
	await page.getByText("Demo data, not real borders").waitFor();
	assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
	await page.getByRole("button", { name: "Theme: as the system" }).click();
	await page.getByRole("button", { name: "Theme: dark" }).waitFor();
	assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
	const left = await page.locator("body").innerText();
	const chinese = left.split("\n").filter((line) => /网格长|图层|搜索|定位$/.test(line));
	assert.deepEqual(chinese, []);
	await drawn(page);
	await shot(page, "start-desk-dark-en");
}

async function hoverOnlyPreviews({ open }) {
	const page = await open({ hash: DOWNTOWN });
	await drawn(page);
	await page.mouse.move(900, 470);
	await page.locator("footer .under").waitFor();
	assert.match(await page.locator("footer .under").innerText(), /区.*›/);
	assert.doesNotMatch(await hashOf(page), /unit=/);
}

async function aWrongCodeSaysWhatToDo({ open }) {
	const page = await open({ hash: "#/map?unit=land:999999" });
	await page.getByText("没有这个单元").waitFor();
	return [/404/];
}

async function aSilentServerIsSaid({ open }) {
	const page = await open({ hash: DOWNTOWN });
	await drawn(page);
	await page.route("**/api/**", (route) => route.abort());
	await page.getByRole("combobox").fill("七星");
	await page.getByText("服务没有应答").waitFor();
	await page.unroute("**/api/**");
	await page.getByRole("button", { name: "重试" }).click();
	await page.getByRole("option").first().waitFor();
	return [/net::ERR_FAILED/];
}

export const checks = {
	"the first view shows the city with Chinese labels": firstViewShowsTheCity,
	"levels appear by zoom": levelsAppearByZoom,
	"search finds 七星区 first and flies there": searchFindsAndFlies,
	"search takes pinyin, initials and codes": searchTakesPinyinAndCode,
	"a click opens the card with the chain up": clickOpensTheCard,
	"a unit of every level and layer has its card": everyLevelCanBeChosen,
	"a click chooses the level that the zoom shows": clickAtEachZoomChoosesItsLevel,
	"back brings the step before": backBringsTheStepBefore,
	"a link shows the same to someone else": aLinkShowsTheSameToSomeoneElse,
	"switches turn layers on and off": switchesTurnLayersOff,
	"language and theme turn": languageAndThemeTurn,
	"hover only previews": hoverOnlyPreviews,
	"a wrong code says what to do": aWrongCodeSaysWhatToDo,
	"a silent server is said and retried": aSilentServerIsSaid,
};
