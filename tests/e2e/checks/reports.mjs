// 事件: the queue that follows the server, the map beside it, triage by keyboard, the figures.
import assert from "node:assert/strict";
import { drawn, shot } from "../lib/browser.mjs";
import { accessible, account, signedIn } from "../lib/people.mjs";
import { placer } from "../lib/place.mjs";
import { file, get, hashOf, live, placeIn, row, stage, tooSmall } from "../lib/reports.mjs";
import { serveStaffed } from "../lib/server.mjs";

const VIEW = "view=14.50/110.29000/25.27400";
const stageOf = (page, id, word) => page.locator(`[data-stage-of="${id}"]`, { hasText: word }).waitFor();

async function opened(open, hash = `#/reports?${VIEW}`, options = {}) {
	const page = await open({ hash, ...options });
	await live(page);
	await drawn(page);
	return page;
}

async function aReportAppearsAndIsClosedByKeyboard({ open, base }) {
	const page = await opened(open);
	const times = [];
	let last;
	for (let round = 0; round < 5; round += 1) {
		const begun = performance.now();
		last = await file(base, { text: `垃圾堆放 ${round}` });
		const answered = performance.now();
		await row(page, last.id).waitFor();
		times.push([Math.round(performance.now() - begun), Math.round(performance.now() - answered)]);
	}
	console.log(`        from the post to the row: ${times.map(([all]) => all)} ms; from its answer: ${times.map(([, after]) => after)} ms`);
	assert.ok(times.every(([all]) => all < 1000), `${times}`);
	const count = page.getByRole("button", { name: /^事件/ }).locator(".count");
	await count.waitFor();

	const keys = page.keyboard;
	await keys.press("ArrowDown");
	await page.waitForFunction((id) => document.activeElement?.getAttribute("data-report") === String(id), last.id);
	await keys.press("Enter");
	await stageOf(page, last.id, "采集");
	await shot(page, "reports-card-desk-light");
	await keys.press("d");
	await stageOf(page, last.id, "派单");
	await keys.press("h");
	await stageOf(page, last.id, "处理");
	// A mistake is taken back by a key, and the step taken again.
	await keys.press("u");
	await stageOf(page, last.id, "派单");
	await keys.press("h");
	await stageOf(page, last.id, "处理");
	await keys.press("x");
	await stageOf(page, last.id, "办结");
	await shot(page, "reports-closed-desk-light");
	const report = await get(base, `reports/${last.id}`);
	assert.equal(report.stage, "closed");
	assert.deepEqual(report.trail.map(({ to }) => to).filter(Boolean), ["dispatched", "handled", "dispatched", "handled", "closed"]);
	assert.equal(report.trail[3].comment, "误操作,撤销");
	// The row has stayed in its place, and says that it belongs there no longer.
	assert.match(await row(page, last.id).innerText(), /办结/);
	// The next one is void: that takes words, which the keyboard is led to.
	await keys.press("j");
	await page.waitForFunction((id) => !location.hash.includes(`report=${id}`), last.id);
	const next = Number(/report=(\d+)/.exec(await hashOf(page))[1]);
	await stageOf(page, next, "采集");
	await keys.press("x");
	await page.waitForFunction(() => document.activeElement?.id === "step-comment");
	await keys.press("Enter");
	await page.getByText("请写明原因").waitFor();
	await shot(page, "reports-comment-desk-light");
	await keys.type("重复");
	await keys.press("Enter");
	await stageOf(page, next, "办结");
	assert.equal((await get(base, `reports/${next}`)).trail.at(-1).comment, "重复");
	await keys.press("?");
	await page.getByRole("dialog").getByText("事件:派单、处理完、办结(采集的作废)").waitFor();
}

async function whatComesMovesNothing({ open, base }) {
	const one = await file(base);
	await file(base);
	const page = await opened(open);
	await row(page, one.id).hover();
	const before = await row(page, one.id).boundingBox();
	const two = await file(base, { text: "新到" });
	await file(base, { text: "新到" });
	await page.getByRole("button", { name: "2 件新事件" }).waitFor();
	assert.deepEqual(await row(page, one.id).boundingBox(), before, "the row under the pointer stays where it is");
	assert.equal(await row(page, two.id).count(), 0);
	assert.equal(await page.evaluate(() => document.activeElement === document.body), true, "nothing took the focus");
	await page.keyboard.press("n");
	await row(page, two.id).waitFor();
	// What others do is shown in its row.
	await stage(base, one.id, "dispatched");
	await page.locator(`[data-report="${one.id}"][data-stage=dispatched]`).waitFor();
	// Somebody types: what comes leaves the field alone.
	await page.mouse.move(900, 400);
	const search = page.getByRole("combobox", { name: "搜索" });
	await search.fill("七星");
	const three = await file(base);
	await row(page, three.id).waitFor();
	assert.equal(await search.evaluate((box) => box === document.activeElement && box.value), "七星");
}

async function aReportGoesToANeighbour({ open, base }) {
	const filed = await file(base, { lon: 110.283, lat: 25.2815 });
	const { layer, code } = filed.responsible;
	const near = (await get(base, `units/${layer}/${code}/neighbours`)).items;
	const page = await opened(open, `#/reports?view=15.00/110.28300/25.28150&report=${filed.id}`);
	await stageOf(page, filed.id, "采集");
	await page.keyboard.press("m");
	await page.waitForFunction(() => document.activeElement?.id === "transfer-to");
	await page.locator(`#transfer-to option[value="${near[0].code}"]`).waitFor({ state: "attached" });
	await accessible(page);
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Tab");
	await page.keyboard.type("门牌在河那边");
	await shot(page, "reports-transfer-desk-light");
	await page.keyboard.press("Enter");
	await page.locator("[data-trace=transferred]").waitFor();
	const moved = await get(base, `reports/${filed.id}`);
	assert.equal(moved.assigned.reason, "manual");
	assert.ok(near.some((unit) => unit.code === moved.assigned.code), "it went to a neighbour");
	assert.equal(moved.trail.at(-1).comment, "门牌在河那边");
	// Taken back, then to one that is clicked on the map.
	await page.keyboard.press("u");
	await page.waitForFunction(() => document.querySelectorAll("[data-trace=transferred]").length === 2);
	assert.equal((await get(base, `reports/${filed.id}`)).assigned.code, code);
	const at = await placer(page);
	const free = near.map((unit) => ({ unit, at: at(unit.label) })).find(({ at: { x, y } }) => x > 790 && x < 1320 && y > 100 && y < 640);
	assert.ok(free, "a neighbour lies in the free part of the map");
	await page.getByRole("button", { name: "转办" }).click();
	await page.mouse.click(free.at.x, free.at.y);
	await page.getByRole("button", { name: `转给 ${free.unit.name}` }).waitFor();
	await page.getByLabel("转办原因").fill("按院墙属此格");
	await page.getByRole("button", { name: `转给 ${free.unit.name}` }).click();
	await page.waitForFunction(() => document.querySelectorAll("[data-trace=transferred]").length === 3);
	assert.equal((await get(base, `reports/${filed.id}`)).assigned.code, free.unit.code);
}

async function aLinkFindsItAgain({ open, base }) {
	const filed = await file(base, { category: "sand", text: "河滩上有人挖沙" });
	const page = await opened(open);
	await page.getByRole("button", { name: "筛选" }).click();
	await page.getByLabel("类别").selectOption({ label: "采砂" });
	await page.getByLabel("收到时间").selectOption({ label: "近 24 小时" });
	await page.getByLabel("排序").selectOption({ label: "按时限" });
	await row(page, filed.id).click();
	await stageOf(page, filed.id, "采集");
	await page.getByText("采砂 ×").waitFor();
	await shot(page, "reports-filters-desk-light");
	await accessible(page);
	const hash = await hashOf(page);
	assert.match(hash, /of=sand/);
	assert.match(hash, /hours=24/);
	assert.match(hash, /order=due/);
	const rows = await page.locator("[data-report]").evaluateAll((all) => all.map((one) => one.getAttribute("data-report")));
	const again = await opened(open, hash);
	await stageOf(again, filed.id, "采集");
	assert.deepEqual(await again.locator("[data-report]").evaluateAll((all) => all.map((one) => one.getAttribute("data-report"))), rows);
	assert.equal(await hashOf(again), hash);
	// Back closes the card, Esc as well.
	await page.goBack();
	await page.locator("[data-stage-of]").waitFor({ state: "detached" });
	await again.keyboard.press("Escape");
	await again.locator("[data-stage-of]").waitFor({ state: "detached" });
	// Overdue is said in words.
	await page.getByRole("button", { name: "超期", exact: true }).click();
	await page.waitForFunction(() => location.hash.includes("overdue=1"));
	await page.getByText("没有符合筛选的事件").waitFor();
	await page.getByRole("button", { name: "清除筛选" }).first().click();
	await row(page, filed.id).waitFor();
}

async function listAndMapAreOne({ open, base }) {
	const place = { lon: 110.3105, lat: 25.2905 };
	const category = "outfall";
	const filed = await file(base, { ...place, category });
	const [a, b] = [await file(base, { lon: 110.31, lat: 25.292, category }), await file(base, { lon: 110.3101, lat: 25.2921, category })];
	const page = await opened(open, "#/reports?view=16.00/110.31050/25.29050&of=outfall&hours=1");
	await row(page, b.id).waitFor();
	await page.waitForTimeout(800);
	const at = await placer(page);
	const dot = at([place.lon, place.lat]);
	await page.mouse.move(dot.x, dot.y, { steps: 4 });
	await page.locator(`li.pointed [data-report="${filed.id}"]`).waitFor();
	await page.mouse.click(dot.x, dot.y);
	await page.waitForFunction((id) => location.hash.includes(`report=${id}`), filed.id);
	await page.locator(`[data-report="${filed.id}"][aria-current=true]`).waitFor();
	await page.keyboard.press("Escape");
	// Two that are near are one until somebody comes closer.
	await page.goto(`${base}/#/reports?view=14.00/110.31050/25.29050&of=outfall&hours=1`);
	await drawn(page);
	await page.waitForTimeout(800);
	const both = (await placer(page))([110.31005, 25.29205]);
	await page.mouse.click(both.x, both.y);
	await page.waitForFunction(() => Number(/view=([\d.]+)/.exec(location.hash)?.[1]) > 14.5);
	assert.ok(a.id < b.id);
	await page.goto(`${base}/#/reports?view=10.50/110.29000/25.28000`);
	await drawn(page);
	await page.waitForTimeout(800);
	await shot(page, "reports-queue-desk-light");
	await page.getByText(/^图上 \d+ 件/).waitFor();
}

async function theBadgeSaysHowItStands({ open, base }) {
	const page = await opened(open);
	await page.context().setOffline(true);
	await page.locator("[data-live=offline]").waitFor();
	assert.match(await page.locator("[data-live]").innerText(), /离线 \d+ 秒/);
	const missed = await file(base, { text: "断线时来的" });
	await page.waitForTimeout(2500);
	await shot(page, "reports-offline-desk-light");
	await page.context().setOffline(false);
	await row(page, missed.id).waitFor({ timeout: 60_000 });
	await page.locator("[data-live=live]").waitFor({ timeout: 60_000 });
	// Without the stream it asks, and says how late it may be.
	const other = await open({ hash: "livez" });
	await other.route("**/api/v1/events", (route) => route.abort());
	await other.goto(`${base}/#/reports?${VIEW}`);
	await other.locator("[data-live=behind]").waitFor({ timeout: 60_000 });
	const late = await file(base);
	await row(other, late.id).waitFor({ timeout: 20_000 });
	return [/ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load|EventSource/];
}

async function theFiguresAreThoseOfTheServer({ open, base }) {
	const filed = await file(base, { category: "road" });
	for (const to of ["dispatched", "handled", "closed"]) await stage(base, filed.id, to);
	const { whole, items } = await get(base, "reports/stats?level=county");
	const page = await opened(open, "#/reports?tab=figures&level=county");
	const figure = (name) => page.locator(`[data-measure=${name}] strong`).innerText();
	await page.locator("[data-measure=reported]").waitFor();
	assert.equal(await figure("reported"), whole.reported.toLocaleString("en-US"));
	assert.equal(await figure("on_time"), whole.on_time.toLocaleString("en-US"));
	assert.equal(await page.locator("tbody tr").count(), items.length);
	await page.getByText("各县区:上报").first().waitFor();
	await page.waitForTimeout(600);
	await shot(page, "reports-figures-desk-light");
	await accessible(page);
	await page.getByLabel("层级").selectOption({ label: "村社区" });
	await page.getByLabel("界线").selectOption({ label: "按收到时界线" });
	await page.locator("[data-measure=overdue]").click();
	const hash = await hashOf(page);
	for (const part of ["tab=figures", "level=village", "borders=filed", "measure=overdue"]) assert.ok(hash.includes(part), hash);
	await page.locator("[data-measure=reported]").click();
	const name = await page.locator("tbody th button").first().innerText();
	await page.locator("tbody th button").first().click();
	await page.waitForFunction(() => /in=\d+/.test(location.hash));
	await page.getByText(`${name} ×`).waitFor();
}

async function theCardOfAUnitCountsWhatIsOpen({ open, base }) {
	const filed = await file(base);
	const unit = filed.responsible;
	const { total } = await get(base, `reports?stage=open&unit=${unit.code}&limit=1`);
	const page = await open({ hash: `#/map?unit=${unit.layer}:${unit.code}` });
	await page.locator(`[data-open-reports="${total}"]`).waitFor();
	await file(base);
	await page.locator(`[data-open-reports="${total + 1}"]`).waitFor();
	await shot(page, "reports-unit-desk-light");
	await page.locator("[data-open-reports]").click();
	await page.waitForFunction((code) => location.hash.includes(`in=${code}`), unit.code);
	await row(page, filed.id).waitFor();
	assert.equal(await page.locator("[data-report]").count(), total + 1);
}

async function atBothSizesInBothThemes({ open, base }) {
	const filed = await file(base, { text: "请联系 13800001234,河边有人落水", category: "drowning", accuracy_m: 400 });
	const found = [];
	for (const size of ["desk", "phone"]) {
		for (const theme of ["light", "dark"]) {
			for (const [name, hash] of [
				["queue", `#/reports?${VIEW}`],
				["card", `#/reports?${VIEW}&report=${filed.id}`],
				["figures", "#/reports?tab=figures&level=county"],
				["en", `#/reports?${VIEW}&report=${filed.id}&lang=en`],
			]) {
				const shown = await open({ size, theme, hash });
				if (name === "card" || name === "en") await shown.locator("[data-stage-of]").waitFor();
				else await live(shown);
				await drawn(shown);
				await shot(shown, `reports-${name}-${size}-${theme}`);
				await accessible(shown);
				if (size === "phone") for (const small of await tooSmall(shown)) found.push(`${name} ${theme}: ${small}`);
			}
		}
	}
	assert.deepEqual(found, []);
}

async function whoMaySeeWhat({ open, base }) {
	const server = await serveStaffed([
		account("kan", ["viewer"]),
		account("yuan", ["worker"], ["--territory", "450305"]),
		account("dong", ["dispatcher"], ["--name", "董一"]),
	]);
	const at = server.base;
	try {
		const viewer = await signedIn(open, at, "kan", { hash: "#/reports" });
		await viewer.getByText("你的账户不能查看事件").waitFor();
		assert.equal(await viewer.getByRole("button", { name: "事件", exact: true }).count(), 0);
		const dispatcher = await signedIn(open, at, "dong", { hash: `#/reports?${VIEW}` });
		await live(dispatcher);
		const send = ([lon, lat]) => dispatcher.request.post(`${at}/api/v1/reports`, {
			headers: { "idempotency-key": `rights-${lon}` },
			data: { crs: "cgcs2000", lon, lat, category: "waste", occurred_at: new Date().toISOString() },
		}).then((answer) => answer.json());
		const worker = await signedIn(open, at, "yuan", { hash: `#/reports?${VIEW}` });
		await live(worker);
		const [mine, theirs] = [await send(await placeIn(base, "450305")), await send(await placeIn(base, "450302"))];
		assert.match(mine.responsible.code, /^450305/);
		assert.doesNotMatch(theirs.responsible.code, /^450305/);
		await row(worker, mine.id).waitFor();
		await row(dispatcher, theirs.id).waitFor();
		assert.equal(await row(worker, theirs.id).count(), 0);
		await row(worker, mine.id).click();
		await stageOf(worker, mine.id, "采集");
		assert.equal(await worker.locator("[data-step]").count(), 0, "a worker sends nobody out");
		await row(dispatcher, mine.id).click();
		await dispatcher.locator("[data-step=dispatch]").click();
		await worker.locator("[data-step=handle]").click();
		await stageOf(worker, mine.id, "处理");
		await stageOf(dispatcher, mine.id, "处理");
		await shot(worker, "reports-worker-desk-light");
	} finally {
		await server.stop();
	}
	return [/status of 40[13]/];
}

export const checks = {
	"reports: one appears within a second and is closed by keyboard": aReportAppearsAndIsClosedByKeyboard,
	"reports: what comes moves nothing and takes no focus": whatComesMovesNothing,
	"reports: one goes to a neighbour, and back": aReportGoesToANeighbour,
	"reports: a link finds it again": aLinkFindsItAgain,
	"reports: list and map are one": listAndMapAreOne,
	"reports: the badge says how it stands": theBadgeSaysHowItStands,
	"reports: the figures are those of the server": theFiguresAreThoseOfTheServer,
	"reports: the card of a unit counts what is open": theCardOfAUnitCountsWhatIsOpen,
	"reports: at both sizes in both themes": atBothSizesInBothThemes,
	"reports: who may see what": whoMaySeeWhat,
};
