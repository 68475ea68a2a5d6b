// Drawing along lines, issues, the review with both sides, and what those see who may not draw.
import assert from "node:assert/strict";
import { drawn, shot } from "../lib/browser.mjs";
import { begin, click, sharedBorders } from "../lib/drawing.mjs";
import { accessible, account, api, signedIn } from "../lib/people.mjs";
import { between, nearby } from "../lib/place.mjs";
import { serveStaffed } from "../lib/server.mjs";

// South of the old town: no other check draws here.
const VIEW = "view=15.00/110.28000/25.26000";
const BOX = [110.27, 25.252, 110.29, 25.268];
const rows = (page) => page.locator("ol li[data-seq]");

async function post(base, path, body, version) {
	const headers = { "content-type": "application/json" };
	if (version !== undefined) headers["if-match"] = `"${version}"`;
	const answer = await fetch(`${base}/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
	const got = await answer.json();
	assert.ok(answer.ok, `${path}: ${JSON.stringify(got)}`);
	return got;
}

/** A border whose ends are far apart, and a road that crosses it twice and bows out between. */
async function roadBeside(base) {
	const draft = await post(base, "drafts", { layer: "land", title: "看界线", reason: "浏览器测试" });
	const { borders } = await nearby(base, draft.id, BOX);
	await post(base, `drafts/${draft.id}/withdraw`, {}, draft.version);
	const [west, south, east, north] = [110.2745, 25.256, 110.286, 25.2645];
	const inside = ([lon, lat]) => lon > west && lon < east && lat > south && lat < north;
	const good = borders.filter(({ path, left, right }) => left && right && path.length > 6 && path.every(inside));
	for (const { path } of good.sort((a, b) => b.path.length - a.path.length)) {
		for (const d of [0.0006, -0.0006, 0.0009, -0.0009, 0.0004, -0.0004]) {
			const road = bow(path, d);
			const times = borders.map((border) => crossings(road, border.path).length).reduce((a, b) => a + b, 0);
			if (times !== 2 || crossings(road.slice(0, 2), path).length !== 1 || crossings(road.slice(3), path).length !== 1) continue;
			const geometry = { type: "LineString", coordinates: road };
			const features = [{ type: "Feature", properties: { name: "示例路" }, geometry }];
			return { border: path, road, file: { type: "FeatureCollection", features } };
		}
	}
	throw new Error("no border here lets a road bow out of it");
}

/** A line of three bends from one side of a border to the other, and back. */
function bow(path, d) {
	const p = between(path[Math.floor(path.length / 4)], path[Math.floor(path.length / 4) + 1], 0.5);
	const q = between(path[Math.floor((path.length * 3) / 4)], path[Math.floor((path.length * 3) / 4) - 1], 0.5);
	const long = Math.hypot(q[0] - p[0], q[1] - p[1]);
	const aside = [-(q[1] - p[1]) / long, (q[0] - p[0]) / long];
	const off = ([lon, lat], by) => [lon + aside[0] * by, lat + aside[1] * by].map((n) => Math.round(n * 1e7) / 1e7);
	return [off(p, -d / 4), off(p, d), off(between(p, q, 0.5), 1.5 * d), off(q, d), off(q, -d / 4)];
}

/** Where a line crosses another. */
function crossings(line, other) {
	const found = [];
	for (let i = 0; i + 1 < line.length; i += 1) {
		for (let j = 0; j + 1 < other.length; j += 1) {
			const [a, b, c, d] = [line[i], line[i + 1], other[j], other[j + 1]];
			const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
			const k = rx * sy - ry * sx;
			const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / k;
			const u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / k;
			if (t >= 0 && t <= 1 && u >= 0 && u <= 1) found.push([a[0] + rx * t, a[1] + ry * t]);
		}
	}
	return found;
}

async function aBorderIsRedrawnAlongARoad({ open, base }) {
	const { border, road, file } = await roadBeside(base);
	const server = await serveStaffed([], { references: { 道路: file } });
	try {
		const page = await open({ at: server.base, hash: `#/edit?${VIEW}` });
		await drawn(page);
		const draft = await begin(page, "沿路改界");
		const { at } = await sharedBorders(page, server.base, draft, BOX);
		await page.getByRole("checkbox", { name: "参考线" }).waitFor();
		await page.keyboard.press("f");
		await page.locator('[data-tool="trace"][aria-pressed="true"]').waitFor();
		assert.equal(await page.getByRole("checkbox", { name: "参考线" }).isChecked(), true, "what is followed is seen");
		await page.waitForTimeout(1500);
		await accessible(page);
		const [first] = crossings(road.slice(0, 2), border);
		const [last] = crossings(road.slice(3), border);
		await click(page, at(first));
		await page.mouse.move(at(road[2]).x, at(road[2]).y, { steps: 4 });
		await page.waitForTimeout(600);
		await shot(page, "trace-on-the-way");
		await click(page, at(last));
		await page.locator("[data-preview]").waitFor();
		await page.waitForTimeout(1500);
		await shot(page, "trace-preview");
		await page.keyboard.press("Enter");
		await rows(page).first().waitFor();
		const saved = await (await fetch(`${server.base}/api/v1/drafts/${draft}`)).json();
		const { path } = saved.operations[0].operation;
		const held = ([lon, lat]) => `${lon.toFixed(7)} ${lat.toFixed(7)}`;
		const followed = road.slice(1, 4).map(held);
		assert.deepEqual(path.map(held).filter((place) => followed.includes(place)), followed, "every bend of the road, in order");
		assert.equal(path.length, 5, "and nothing but its two crossings beside them");
		// Never part of the coverage: the layer that is exported has not changed, and the switch turns them off.
		await page.getByRole("checkbox", { name: "参考线" }).uncheck();
		assert.ok(!page.url().includes("lines=1"));
	} finally {
		await server.stop();
	}
	return [/422|Unprocessable/];
}

async function theIssuesOfADraftAreListedWithTheirPlaces({ open, base }) {
	const draft = await post(base, "drafts", { layer: "land", title: "有缺口的草案", reason: "浏览器测试" });
	const { units } = await nearby(base, draft.id, BOX);
	await post(base, `drafts/${draft.id}/operations`, { kind: "retire", unit: units[0].code }, draft.version);
	const page = await open({ hash: `#/edit?draft=${draft.id}&view=12.00/110.40000/25.40000` });
	await drawn(page);
	const list = page.getByRole("region", { name: /问题/ }).getByRole("listitem");
	await list.first().waitFor();
	assert.match(await list.first().innerText(), /缺口 [\d.,]+ (m²|km²)/);
	assert.match(await page.locator("button.issues").innerText(), /1/);
	const before = page.url();
	await list.first().getByRole("button").click();
	await page.waitForFunction((url) => location.href !== url, before);
	await drawn(page);
	await shot(page, "issues");
	await accessible(page);
	await page.getByRole("button", { name: /^撤销/ }).click();
	await page.getByText("没有问题").waitFor();
	await page.getByRole("button", { name: "撤回草案" }).click();
	await page.getByText("草案已撤回,不能再画").waitFor();
}

const ACCOUNTS = [
	account("lan", ["planner:land"], ["--name", "王兰"]),
	account("shen", ["approver"], ["--name", "沈审"]),
	account("gui", ["planner:land", "approver:land"]),
	account("jing", ["planner:police"]),
	account("kan", ["viewer"]),
];

/** A submitted draft of two moved vertices. */
async function submitted(page, at) {
	const begun = await api(page, at, "POST", "drafts", { layer: "land", title: "挪两个顶点", reason: "浏览器测试" });
	const { id } = begun.got;
	const near = await api(page, at, "GET", `drafts/${id}/borders?bbox=${BOX}`);
	let { tag } = begun;
	const good = near.got.borders.filter(({ path, left, right }) => left && right && path.length > 6);
	for (const { path } of good.slice(0, 2)) {
		const from = path[Math.floor(path.length / 2)];
		const move = { kind: "move_node", at: from, to: [from[0] + 6e-5, from[1] + 6e-5] };
		({ tag } = await api(page, at, "POST", `drafts/${id}/operations`, move, { "if-match": tag }));
	}
	({ tag } = await api(page, at, "POST", `drafts/${id}/submit`, { comment: "请审" }, { "if-match": tag }));
	return id;
}

async function aReviewShowsBothSidesStepsAndWhyNot({ open }) {
	const server = await serveStaffed(ACCOUNTS);
	const at = server.base;
	try {
		const lan = await signedIn(open, at, "lan");
		const id = await submitted(lan, at);
		const page = await signedIn(open, at, "shen", { hash: `#/review?draft=${id}&${VIEW}` });
		await page.getByRole("heading", { name: "挪两个顶点" }).waitFor();
		const line = page.getByRole("slider", { name: "对比" });
		await line.waitFor();
		await drawn(page);
		await page.waitForTimeout(1500);
		await shot(page, "review-swipe");
		await accessible(page);
		// By keyboard and by mouse.
		const before = Number(await line.getAttribute("aria-valuenow"));
		await line.focus();
		await page.keyboard.press("ArrowRight");
		assert.equal(Number(await line.getAttribute("aria-valuenow")), before + 2);
		const box = await line.boundingBox();
		await page.mouse.move(box.x + 22, box.y + 400);
		await page.mouse.down();
		await page.mouse.move(900, box.y + 400, { steps: 5 });
		await page.mouse.up();
		assert.equal(Number(await line.getAttribute("aria-valuenow")), Math.round((900 / 1440) * 100));
		await page.locator("article").getByRole("heading").first().click();
		await page.keyboard.press("j");
		await page.getByText("第 1 步,共 2 步").waitFor();
		await page.keyboard.press("j");
		await page.getByText("第 2 步,共 2 步").waitFor();
		await page.keyboard.press("k");
		await page.getByText("第 1 步,共 2 步").waitFor();
		for (const side of ["变更前", "变更后", "对比"]) {
			await page.keyboard.press("b");
			await page.getByRole("button", { name: side, exact: false }).and(page.locator('[aria-pressed="true"]')).waitFor();
			assert.equal(await page.getByRole("slider").count(), side === "对比" ? 1 : 0);
		}

		// A word, then the approval; the draft stays as it is in between.
		await page.getByLabel("意见").fill("东边请再看一眼");
		await page.getByRole("button", { name: "只留言" }).click();
		await page.locator(".trail").getByText("东边请再看一眼").waitFor();
		assert.equal(await page.locator('.state[data-state="submitted"]').count(), 1);
		await page.getByRole("button", { name: "批准" }).click();
		await page.locator('.state[data-state="approved"]').waitFor();

		// Whoever may not approve is told why, one by one.
		const own = await submitted(await signedIn(open, at, "gui"), at);
		for (const [name, draft, why] of [
			["gui", own, "不能批准自己画的草案,请另一人审核"],
			["lan", own, "需要“网格”图层的审核角色"],
		]) {
			const other = await signedIn(open, at, name, { hash: `#/review?draft=${draft}` });
			const approve = other.getByRole("button", { name: "批准" });
			await approve.waitFor();
			assert.equal(await approve.isDisabled(), true, name);
			await other.getByText(why).first().waitFor();
		}
		const phone = await signedIn(open, at, "shen", { hash: `#/review?draft=${id}&${VIEW}`, size: "phone", theme: "dark" });
		await phone.getByRole("slider").waitFor();
		await drawn(phone);
		await phone.waitForTimeout(1200);
		await shot(phone, "review-swipe-phone-dark");
		await accessible(phone);
	} finally {
		await server.stop();
	}
	return [/status of 401/];
}

async function whoMayNotDrawLooksAndIsToldWhy({ open }) {
	const server = await serveStaffed(ACCOUNTS, { words: ["--public-read"] });
	const at = server.base;
	try {
		const lan = await signedIn(open, at, "lan");
		const { got } = await api(lan, at, "POST", "drafts", { layer: "land", title: "王兰的草案", reason: "浏览器测试" });
		const hash = `#/edit?draft=${got.id}&${VIEW}`;
		for (const [name, why] of [
			["gui", "只看不画:草案由 lan 绘制,只有本人能改"],
			["jing", "只看不画:你没有“网格”图层的规划角色"],
			["shen", "只看不画:你没有“网格”图层的规划角色"],
		]) {
			const page = await signedIn(open, at, name, { hash });
			await page.getByText(why).waitFor();
			assert.equal(await page.locator("[data-tool]").count(), 0, `${name} has no tools`);
			assert.equal(await page.getByRole("button", { name: "提交审核" }).count(), 0);
			if (name === "gui") {
				await drawn(page);
				await shot(page, "read-only");
				await accessible(page);
			}
		}
		const mine = await signedIn(open, at, "lan", { hash });
		await mine.locator("[data-tool]").first().waitFor();
		const viewer = await signedIn(open, at, "kan", { hash: "#/edit" });
		await viewer.getByText("你的账户没有这两个角色").waitFor();
		// A stranger looks at the map without a single refusal, and is shown where to sign in.
		const stranger = await open({ at, hash: "#/edit" });
		await stranger.getByText("登录后才能画和审核").waitFor();
		await drawn(stranger);
		await shot(stranger, "stranger-edit");
		await accessible(stranger);
		await stranger.getByRole("button", { name: "登录" }).last().click();
		await stranger.getByRole("dialog", { name: "登录" }).waitFor();
	} finally {
		await server.stop();
	}
}

async function theScaleAndTheNoteKeepApartOnThePhone({ open }) {
	for (const zoom of ["9.00", "12.30", "15.30", "17.00", "18.60", "20.00"]) {
		const page = await open({ size: "phone", hash: `#/map?view=${zoom}/110.29000/25.27000&lang=${zoom > "15" ? "zh" : "en"}` });
		await drawn(page);
		const parts = await page.locator("footer .pill").first().evaluate((pill) => {
			const text = (element) => {
				const range = document.createRange();
				range.selectNodeContents(element);
				const a = range.getBoundingClientRect();
				const b = element.getBoundingClientRect();
				return { left: Math.min(a.left, b.left), right: Math.max(a.right, b.right), bottom: Math.max(a.bottom, b.bottom) };
			};
			return { scale: text(pill.querySelector(".scale")), note: text(pill.querySelector(".warn")), pill: pill.getBoundingClientRect().right };
		});
		assert.ok(parts.note.left - parts.scale.right >= 6, `zoom ${zoom}: ${JSON.stringify(parts)}`);
		assert.ok(parts.pill <= 390 - 60, `zoom ${zoom}: beside the tools`);
		if (zoom === "18.60" || zoom === "12.30") await shot(page, `phone-scale-${zoom}`);
	}
}

/** How many pixels of the sheet over the map are drawn on. */
const inked = (page) =>
	page.evaluate(() => {
		const sheet = document.querySelector("canvas.sketch-sheet");
		const copy = new OffscreenCanvas(sheet.width, sheet.height).getContext("2d", { willReadFrequently: true });
		copy.drawImage(sheet, 0, 0);
		const { data } = copy.getImageData(0, 0, sheet.width, sheet.height);
		return data.filter((_, i) => i % 4 === 3 && data[i] > 1).length;
	});

async function whatIsDrawnGoesWithItsScreen({ open, base }) {
	const draft = await post(base, "drafts", { layer: "land", title: "看完就走", reason: "浏览器测试" });
	const { borders } = await nearby(base, draft.id, BOX);
	const { path } = borders.find((border) => border.left && border.right && border.path.length > 6);
	const at = path[3];
	const to = [at[0] + 2e-5, at[1] + 2e-5].map((n) => Math.round(n * 1e7) / 1e7);
	const { version } = await post(base, `drafts/${draft.id}/operations`, { kind: "move_node", at, to }, draft.version);
	const page = await open({ hash: `#/review?draft=${draft.id}&${VIEW}` });
	await drawn(page);
	await page.locator("ol li[data-seq]").first().waitFor();
	await page.waitForTimeout(1_000);
	assert.ok((await inked(page)) > 100, "the review shows what is drawn");
	await page.keyboard.press("5");
	await page.locator("[data-piece]").first().waitFor();
	await drawn(page);
	assert.equal(await inked(page), 0);
	await post(base, `drafts/${draft.id}/withdraw`, {}, version);
	// Withdrawn: the next look at the reviews begins with the list.
	await page.keyboard.press("4");
	await page.getByText("看完就走").first().waitFor();
	await page.keyboard.press("1");
	await page.waitForFunction(() => !location.hash.includes("draft="));
	await page.keyboard.press("4");
	await page.waitForFunction(() => location.hash.startsWith("#/review") && !location.hash.includes("draft="));
}

export const checks = {
	"what is drawn goes with its screen": whatIsDrawnGoesWithItsScreen,
	"desk: a border is redrawn along a road": aBorderIsRedrawnAlongARoad,
	"desk: the issues of a draft are listed with their places": theIssuesOfADraftAreListedWithTheirPlaces,
	"desk: a review shows both sides, steps, and why not": aReviewShowsBothSidesStepsAndWhyNot,
	"desk: who may not draw looks and is told why": whoMayNotDrawLooksAndIsToldWhy,
	"desk: the scale and the note keep apart on the phone": theScaleAndTheNoteKeepApartOnThePhone,
};
