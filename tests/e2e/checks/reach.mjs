// For everyone: keyboard, screen readers, fingers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { drawn, require, shot } from "../lib/browser.mjs";

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const hashOf = (page) => page.evaluate(() => decodeURIComponent(location.hash));
const GRID = "#/map?view=13/110.29/25.275";

async function findings(page) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
	return violations
		.filter(({ impact }) => impact === "serious" || impact === "critical")
		.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html.slice(0, 120)} (${node.failureSummary?.split("\n")[1]?.trim()})`).join(" | ")}`);
}

async function axeFindsNothingSerious({ open }) {
	const found = [];
	for (const size of ["desk", "phone"]) {
		for (const theme of ["light", "dark"]) {
			for (const [state, hash] of [
				["start", ""],
				["card", "#/map?unit=land:450305"],
				["readings", "#/lookup?q=110.29,25.27"],
				["one", "#/lookup?q=110.29,25.27&crs=wgs84&accuracy=300"],
				["table", "#/lookup?q=110.29,25.27%0Ax%0A25.3 110.3&crs=gcj02"],
			]) {
				const page = await open({ size, theme, hash });
				await drawn(page);
				for (const finding of await findings(page)) found.push(`${state} ${size} ${theme}: ${finding}`);
			}
		}
	}
	const page = await open();
	await drawn(page);
	await page.keyboard.press("?");
	await page.getByRole("dialog").waitFor();
	for (const finding of await findings(page)) found.push(`keys: ${finding}`);
	await page.keyboard.press("Escape");
	await page.keyboard.press("/");
	await page.keyboard.type("七星");
	await page.getByRole("option").first().waitFor();
	for (const finding of await findings(page)) found.push(`search: ${finding}`);
	assert.deepEqual(found, []);
}

async function everyTaskByKeyboard({ open }) {
	const page = await open({ permissions: ["clipboard-read", "clipboard-write"] });
	await drawn(page);
	const keys = page.keyboard;
	await keys.press("Control+k");
	await keys.type("七星");
	await page.getByRole("option").first().waitFor();
	await keys.press("ArrowDown");
	await keys.press("ArrowUp");
	await keys.press("Enter");
	await page.getByRole("heading", { name: "七星区" }).waitFor();
	await keys.press("c");
	await page.getByText("已复制").waitFor();
	assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "450305");
	await keys.press("u");
	await page.getByRole("heading", { name: "桂林市", exact: true }).waitFor();
	for (const [key, layers] of [["p", "land,water,police"], ["w", "land,police"], ["g", "police"]]) {
		await keys.press(key);
		assert.match(await hashOf(page), new RegExp(`layers=${layers}(&|$)`));
	}
	await keys.press("g");
	await keys.press("Escape");
	await keys.press("Escape");
	assert.doesNotMatch(await hashOf(page), /unit=/);
	await keys.press("2");
	await page.getByRole("heading", { name: "定位" }).waitFor();
	await keys.press("Escape");
	assert.match(await hashOf(page), /^#\/map/);
	await keys.press("t");
	assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
	await keys.press("?");
	await page.getByRole("dialog").waitFor();
	await page.waitForTimeout(1500);
	await shot(page, "keys-desk-dark");
	await keys.press("Escape");
	await page.getByRole("dialog").waitFor({ state: "hidden" });
}

async function theMapByKeyboard({ open }) {
	const page = await open({ hash: GRID });
	await drawn(page);
	await page.keyboard.press("Tab");
	await page.getByRole("link", { name: "跳到地图" }).press("Enter");
	const before = await hashOf(page);
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("+");
	await page.waitForFunction((old) => decodeURIComponent(location.hash) !== old, before);
	await drawn(page);
	await shot(page, "map-focus-desk-light");
	await page.keyboard.press("Enter");
	await page.getByText("责任链").waitFor();
	assert.match(await hashOf(page), /unit=land:\d{15}/);
	const grid = await page.locator("h2").first().innerText();
	await page.locator("summary", { hasText: /相邻单元/ }).press("Enter");
	await page.locator("summary", { hasText: /相邻单元/ }).press("Tab");
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Enter");
	await page.waitForFunction((old) => document.querySelector("h2")?.textContent !== old, grid);
}

async function theLookupByKeyboard({ open }) {
	const page = await open();
	await page.keyboard.press("/");
	await page.keyboard.type("25.27 110.29");
	await page.getByRole("option", { name: /定位坐标/ }).waitFor();
	await page.keyboard.press("Enter");
	await page.getByText("请核对后选定").or(page.getByText("仍请选定")).first().waitFor();
	await page.getByRole("button", { name: "按此坐标系" }).first().press("Enter");
	await page.getByText("责任单元").first().waitFor();
}

async function fingersFindTheirTargets({ open }) {
	for (const hash of ["", "#/map?unit=land:450305", "#/lookup?q=110.29,25.27", "#/lookup?q=110.29,25.27%0A25.3 110.3&crs=gcj02"]) {
		const page = await open({ size: "phone", hash });
		await drawn(page);
		const small = await page.evaluate(() =>
			[...document.querySelectorAll("button, select, summary, textarea, [role=combobox], fieldset label, tbody tr")]
				.filter((one) => one.checkVisibility())
				.map((one) => ({ one, box: (one.closest("label") ?? one).getBoundingClientRect() }))
				.filter(({ box }) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
				.map(({ one, box }) => `${one.outerHTML.slice(0, 90)} ${box.width.toFixed(0)}×${box.height.toFixed(0)}`),
		);
		assert.deepEqual(small, [], hash);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		assert.ok(wide <= 0, `${hash} is ${wide} px too wide`);
	}
}

async function theSheetSnaps({ open }) {
	const page = await open({ size: "phone", hash: "#/map?unit=land:450305" });
	await drawn(page);
	const height = async () => {
		await page.waitForTimeout(250);
		return (await page.locator("aside").boundingBox()).height;
	};
	const room = 844 - 48;
	assert.ok(Math.abs((await height()) - room / 3) < 40, "a third");
	const handle = page.getByRole("button", { name: "拉高" });
	await handle.press("ArrowUp");
	assert.ok(Math.abs((await height()) - (room * 2) / 3) < 4, "two thirds");
	await shot(page, "sheet-most-phone-light");
	await handle.press("ArrowUp");
	assert.ok(Math.abs((await height()) - (room - 20)) < 4, "full");
	const top = page.getByRole("button", { name: "收起" });
	const box = await top.boundingBox();
	await page.mouse.move(box.x + 100, box.y + 22);
	await page.mouse.down();
	await page.mouse.move(box.x + 100, 844 - 300, { steps: 5 });
	await page.mouse.up();
	assert.ok(Math.abs((await height()) - room / 3) < 40, "pulled down to a third");
}

async function theNarrowestPhoneHolds({ open }) {
	for (const lang of ["zh", "en"]) {
		for (const hash of [`#/map?unit=land:450305&lang=${lang}`, `#/lookup?q=110.29,25.27&lang=${lang}`]) {
			const page = await open({ size: "phone", hash, viewport: { width: 360, height: 640 } });
			await drawn(page);
			const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			assert.ok(wide <= 0, `${hash} is ${wide} px too wide`);
			await shot(page, `narrow-${lang}-${hash.includes("lookup") ? "lookup" : "map"}`);
		}
	}
}

export const checks = {
	"axe finds nothing serious": axeFindsNothingSerious,
	"every task goes by keyboard": everyTaskByKeyboard,
	"the map goes by keyboard": theMapByKeyboard,
	"the lookup goes by keyboard": theLookupByKeyboard,
	"fingers find targets of 44 px": fingersFindTheirTargets,
	"the sheet snaps": theSheetSnaps,
	"the narrowest phone holds": theNarrowestPhoneHolds,
};
