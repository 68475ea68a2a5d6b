// 上报: the phone page of a grid worker, with and without a network, a permission, a right clock.
import assert from "node:assert/strict";
import { drawn, shot } from "../lib/browser.mjs";
import { accessible, account, signedIn } from "../lib/people.mjs";
import { get, placeIn, tooSmall } from "../lib/reports.mjs";
import { serveStaffed } from "../lib/server.mjs";

const HERE = { longitude: 110.2912, latitude: 25.2741, accuracy: 14 };
const LOCATED = { size: "phone", geolocation: HERE, permissions: ["geolocation"] };
const entries = (page, state) => page.locator(`[data-entry=${state}]`);
const send = (page) => page.locator("form button[type=submit]");

async function begun(open, options = LOCATED) {
	const page = await open({ hash: "#/report?view=15.00/110.29000/25.27400", ...options });
	await page.getByRole("heading", { name: "上报", exact: true }).waitFor();
	await page.locator("#report-category option[value=waste]").waitFor({ state: "attached" });
	await drawn(page);
	return page;
}

const find = (page) => page.locator("form").getByRole("button", { name: "我在哪里" }).click();

async function write(page, category, text) {
	await page.getByLabel("类别").selectOption({ label: category });
	await page.getByLabel("情况").fill(text);
}

/** The reports whose text is this. */
async function withText(base, text) {
	const { items } = await get(base, "reports?limit=200");
	return items.filter((one) => one.text === text);
}

async function reportsAreWrittenOfflineAndSentOnce({ open, base }) {
	const page = await begun(open);
	await find(page);
	await page.locator("[data-ground]").waitFor();
	await page.getByText("定位精度 ±14 m").waitFor();
	await shot(page, "report-here-phone-light");
	await page.context().setOffline(true);
	await write(page, "井盖缺损", "离线一:井盖缺了一角");
	await page.getByRole("button", { name: "先存下,联网后自动发送" }).click();
	await entries(page, "waiting").waitFor();
	assert.equal(await page.getByLabel("情况").inputValue(), "", "the form is empty for the next");
	// The second without a position of the device: a tap on the map.
	await write(page, "垃圾堆放", "离线二:桶满了");
	await send(page).click();
	await page.getByText("还没有位置").waitFor();
	await page.locator(".maplibregl-canvas").click({ position: { x: 190, y: 190 } });
	await page.getByText("地图上点的位置").waitFor();
	await page.getByText("现在查不到所属网格").waitFor();
	await shot(page, "report-offline-phone-light");
	await send(page).click();
	await page.waitForFunction(() => document.querySelectorAll("[data-entry=waiting]").length === 2);
	await page.locator("aside .body").evaluate((body) => body.scrollTo(0, 10_000));
	await shot(page, "report-waiting-phone-light");
	assert.equal((await withText(base, "离线一:井盖缺了一角")).length, 0);

	// The network is back and the server still refuses to be reached: a reload loses nothing.
	const block = (route) => (route.request().method() === "POST" ? route.abort() : route.continue());
	await page.route("**/api/v1/reports", block);
	await page.context().setOffline(false);
	await page.reload();
	await page.waitForFunction(() => document.querySelectorAll("[data-entry=waiting]").length === 2);
	await page.unroute("**/api/v1/reports", block);
	// The first answer is lost on its way: the same is sent again, and is one report.
	let lost = 0;
	await page.route("**/api/v1/reports", async (route) => {
		if (route.request().method() !== "POST" || lost > 0) return route.continue();
		lost += 1;
		await route.fetch();
		return route.abort();
	});
	const begunAt = performance.now();
	await page.waitForFunction(() => document.querySelectorAll("[data-entry=sent]").length === 2, null, { timeout: 60_000 });
	console.log(`        sent ${Math.round(performance.now() - begunAt)} ms after the server can be reached again`);
	assert.equal(lost, 1);
	for (const text of ["离线一:井盖缺了一角", "离线二:桶满了"]) {
		const found = await withText(base, text);
		assert.equal(found.length, 1, `${text}: ${found.length}`);
	}
	const [first] = await withText(base, "离线一:井盖缺了一角");
	const whole = await get(base, `reports/${first.id}`);
	assert.equal(whole.accuracy_m, 14);
	assert.ok(Math.abs(whole.position[0] - HERE.longitude) < 1e-6);
	await page.getByText(`已收到 #${first.number}`).waitFor();
	await shot(page, "report-sent-phone-light");
	assert.deepEqual(await tooSmall(page), []);
	await accessible(page);
	// From the receipt to the report.
	await page.locator(`[data-entry=sent]`, { hasText: first.number }).getByRole("button", { name: "查看" }).click();
	await page.locator(`[data-stage-of="${first.id}"]`).waitFor();
	return [/ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load/];
}

async function aRefusedOneIsChangedOrThrownAway({ open, base }) {
	const page = await begun(open);
	// A clock that is a day ahead: what is reported has not happened yet, as the server sees it.
	await page.clock.setFixedTime(Date.now() + 86_400_000);
	await find(page);
	await page.locator("[data-ground]").waitFor();
	await write(page, "火情", "时钟不准的手机");
	await send(page).click();
	await entries(page, "refused").waitFor();
	await page.locator("aside .body").evaluate((body) => body.scrollTo(0, 10_000));
	await shot(page, "report-refused-phone-light");
	await accessible(page);
	await page.reload();
	await entries(page, "refused").waitFor();
	await page.getByRole("button", { name: "修改" }).click();
	assert.equal(await page.getByLabel("情况").inputValue(), "时钟不准的手机");
	await page.getByText("发生时间").waitFor();
	await send(page).click();
	await entries(page, "sent").waitFor();
	assert.equal((await withText(base, "时钟不准的手机")).length, 1);
	await write(page, "火情", "再来一次");
	await find(page);
	await page.locator("[data-ground]").waitFor();
	await send(page).click();
	await entries(page, "refused").waitFor();
	await page.locator("[data-entry=refused]").getByRole("button", { name: "删除" }).click();
	await entries(page, "refused").waitFor({ state: "detached" });
	await page.reload();
	await entries(page, "sent").waitFor();
	assert.equal(await entries(page, "refused").count(), 0);
	return [/status of 400/];
}

async function withoutAPermissionTheMapIsTapped({ open, base }) {
	const denied = await begun(open, { size: "phone" });
	await find(denied);
	await denied.getByText("没有得到位置权限").waitFor();
	await denied.getByText("请在地图上点一下事发位置").waitFor();
	await shot(denied, "report-denied-phone-light");
	await accessible(denied);
	const insecure = await begun(open);
	await insecure.evaluate(() => Object.defineProperty(window, "isSecureContext", { value: false }));
	await find(insecure);
	await insecure.getByText("浏览器只在 HTTPS 或本机地址上提供位置").waitFor();
	await insecure.locator(".maplibregl-canvas").click({ position: { x: 180, y: 200 } });
	await insecure.locator("[data-ground]").waitFor();
	await write(insecure, "市容", "没有定位也能报");
	await send(insecure).click();
	await entries(insecure, "sent").waitFor();
	assert.equal((await withText(base, "没有定位也能报")).length, 1);
	const near = await get(base, "reports?limit=1");
	assert.equal((await get(base, `reports/${near.items[0].id}`)).accuracy_m, null);
}

async function fromTheLookupAndInBothThemes({ open }) {
	const desk = await open({ hash: "#/lookup?q=110.29,25.27&crs=wgs84&accuracy=35" });
	await desk.getByRole("button", { name: "在此上报" }).click();
	await desk.locator("[data-ground]").waitFor();
	await desk.getByText("定位精度 ±35 m").waitFor();
	await drawn(desk);
	await shot(desk, "report-desk-light");
	await accessible(desk);
	for (const [size, theme, lang] of [["phone", "dark", "zh"], ["phone", "light", "en"], ["desk", "dark", "en"]]) {
		const page = await open({ ...LOCATED, size, theme, hash: `#/report?view=15/110.29/25.274&lang=${lang}` });
		await page.locator("form .find").click();
		await page.locator("[data-ground]").waitFor();
		await drawn(page);
		await shot(page, `report-${size}-${theme}-${lang}`);
		await accessible(page);
		if (size === "phone") assert.deepEqual(await tooSmall(page), []);
	}
}

async function whoseGroundItIs({ open, base }) {
	const server = await serveStaffed([
		account("yuan", ["worker"], ["--territory", "450305"]),
		account("wai", ["worker"], ["--territory", "450302"]),
		account("shen", ["auditor"]),
	]);
	const at = server.base;
	try {
		const [longitude, latitude] = await placeIn(base, "450305");
		const hash = `#/report?view=15/${longitude}/${latitude}`;
		const geolocation = { longitude, latitude, accuracy: 9 };
		const mine = await signedIn(open, at, "yuan", { ...LOCATED, geolocation, hash });
		await find(mine);
		await mine.getByText("✓ 在你负责的范围内").waitFor();
		await drawn(mine);
		await shot(mine, "report-mine-phone-light");
		const context = mine.context();
		await context.setOffline(true);
		await write(mine, "市容", "换人之前写的");
		await send(mine).click();
		await entries(mine, "waiting").waitFor();
		// Another account on the same device neither sees it nor sends it.
		const block = (route) => (route.request().method() === "POST" ? route.abort() : route.continue());
		await mine.route("**/api/v1/reports", block);
		await context.setOffline(false);
		await mine.request.fetch(`${at}/api/v1/session`, { method: "DELETE" });
		const other = await mine.request.post(`${at}/api/v1/session`, { data: { name: "wai", password: "correct horse battery" } });
		assert.equal(other.status(), 200);
		await mine.reload();
		await mine.getByText("另有 1 条是别的账户写的").waitFor();
		assert.equal(await entries(mine, "waiting").count(), 0);
		await find(mine);
		await mine.getByText("不在你负责的范围内").waitFor();
		const auditor = await signedIn(open, at, "shen", { size: "phone", hash });
		await auditor.getByText("你的账户不能上报事件").waitFor();
	} finally {
		await server.stop();
	}
	// What the map says of a tile that it was not given: an error whose name the build has shortened.
	return [/status of 40[13]/, /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_FAILED|ERR_INCOMPLETE|Failed to load/, /^[A-Za-z_$]{1,3}$/];
}

export const checks = {
	"report: written offline, sent once when the network is back": reportsAreWrittenOfflineAndSentOnce,
	"report: a refused one is changed or thrown away": aRefusedOneIsChangedOrThrownAway,
	"report: without a permission the map is tapped": withoutAPermissionTheMapIsTapped,
	"report: from the lookup, in both themes": fromTheLookupAndInBothThemes,
	"report: whose ground it is": whoseGroundItIs,
};
