// Pages follow each other: what one publishes, the other shows at once, and it asks only for what it touched.
import assert from "node:assert/strict";
import { drawn, shot } from "../lib/browser.mjs";
import { begin, redraw, sharedBorders } from "../lib/drawing.mjs";
import { nearby } from "../lib/place.mjs";

// West of the old town: no other check draws here.
const VIEW = "view=15.00/110.24000/25.30000";
const BOX = [110.23, 25.292, 110.25, 25.308];

async function post(base, path, body, version) {
	const headers = { "content-type": "application/json" };
	if (version !== undefined) headers["if-match"] = `"${version}"`;
	const answer = await fetch(`${base}/api/v1/${path}`, {
		method: "POST",
		headers,
		body: JSON.stringify(body),
	});
	const got = await answer.json();
	assert.ok(answer.ok, `${path}: ${JSON.stringify(got)}`);
	return got;
}

const get = async (base, path) => (await fetch(`${base}/api/v1/${path}`)).json();
const rows = (page) => page.locator("ol li[data-seq]");

/** A draft that is ready to be published. */
async function ready(base, title, operations) {
	let draft = await post(base, "drafts", { layer: "land", title, reason: "浏览器测试" });
	const { id } = draft;
	for (const operation of operations)
		draft = await post(base, `drafts/${id}/operations`, operation, draft.version);
	for (const step of ["submit", "approve"])
		draft = await post(base, `drafts/${id}/${step}`, {}, draft.version);
	return { id, version: draft.version };
}

const publish = (base, { id, version }) => post(base, `drafts/${id}/publish`, {}, version);

/** Borders between two grids near the middle of the view, of the state in force. */
async function borders(base) {
	const draft = await post(base, "drafts", {
		layer: "land",
		title: "看界线",
		reason: "浏览器测试",
	});
	const near = await nearby(base, draft.id, BOX);
	await post(base, `drafts/${draft.id}/withdraw`, {}, draft.version);
	const inside = ([lon, lat]) => lon > BOX[0] && lon < BOX[2] && lat > BOX[1] && lat < BOX[3];
	const good = near.borders.filter(
		({ left, right, path }) => left && right && path.length > 4 && path.every(inside),
	);
	return { near, borders: good.sort((a, b) => b.path.length - a.path.length) };
}

/** Moves the middle vertex of a border by some 10 m. */
function nudge({ path }) {
	const at = path[Math.floor(path.length / 2)];
	return { kind: "move_node", at, to: [at[0] + 8e-5, at[1] + 5e-5] };
}

const tileOf = (url) =>
	/\/tiles\/grid\/(\d+)\/(\d+)\/(\d+)\.mvt$/.exec(url)?.slice(1).map(Number) ?? null;

async function onlyWhatAPublishTouchedIsAskedFor({ open, base }) {
	const page = await open({ hash: `#/map?${VIEW}` });
	await drawn(page);
	const { borders: found } = await borders(base);
	const times = [];
	for (const round of [0, 1, 2]) {
		const draft = await ready(base, `挪动${round}`, [nudge(found[round])]);
		await page.waitForTimeout(300);
		const asked = [];
		let last = 0;
		const note = (response) => {
			const tile = tileOf(response.url());
			if (tile) {
				asked.push({ tile, status: response.status() });
				last = performance.now();
			}
		};
		page.on("response", note);
		const revision = (await publish(base, draft)).published;
		const published = performance.now();
		await page.locator(`text=版本 ${revision} 已生效`).waitFor({ timeout: 30_000 });
		const said = performance.now() - published;
		await drawn(page);
		await page.waitForTimeout(700);
		page.off("response", note);
		times.push({ said: Math.round(said), tiles: Math.round(last - published) });
		// The demo's reports fill the log; the publication is among the last.
		const { total } = await get(base, "events?after=0&limit=1");
		const { items } = await get(base, `events?after=${Math.max(0, total - 50)}&limit=1000`);
		const event = items.find(
			(one) => one.type === "revision.published" && one.revision === revision,
		);
		const zoom = asked[0]?.tile[0];
		const named = event.data.tiles.zooms.find((one) => one.zoom === zoom);
		const touched = new Set(named.tiles.map(([x, y]) => `${zoom}/${x}/${y}`));
		const urls = asked.map(({ tile }) => tile.join("/"));
		console.log(
			`        revision ${revision}: ${urls.length} tiles asked for again (${urls.join(" ")}), ${touched.size} touched at zoom ${zoom}; told after ${times[round].said} ms, tiles here after ${times[round].tiles} ms`,
		);
		assert.ok(urls.length > 0, "the border is asked for again");
		assert.ok(
			urls.every((url) => touched.has(url)),
			`only what was touched: ${urls}`,
		);
		assert.equal(new Set(urls).size, urls.length, "each once");
		assert.ok(times[round].tiles < 1000, `${times[round].tiles} ms`);
	}
	await shot(page, "follow-second-page");
}

async function withoutTheStreamThePageAsks({ open, base }) {
	const page = await open({ hash: "livez" });
	await page.route("**/api/v1/events", (route) => route.abort());
	await page.goto(`${base}/#/map?${VIEW}`);
	await drawn(page);
	const { borders: found } = await borders(base);
	const draft = await ready(base, "没有连线", [nudge(found[4])]);
	const revision = (await publish(base, draft)).published;
	await page.locator(`text=版本 ${revision} 已生效`).waitFor({ timeout: 30_000 });
	return [/ERR_FAILED|EventSource|Failed to load/];
}

async function aRetiredCodeLeadsToItsSuccessors({ open, base }) {
	const { near, borders: found } = await borders(base);
	const pair = found[5];
	const [keep, drop] = [pair.left, pair.right].map((id) => near.units.find((one) => one.id === id));
	await publish(
		base,
		await ready(base, "合并两个网格", [{ kind: "merge", keep: keep.code, drop: [drop.code] }]),
	);
	for (const size of ["desk", "phone"]) {
		const page = await open({ size, hash: `#/map?unit=land:${drop.code}` });
		await page.locator("[data-retired]").waitFor();
		await page.locator("[data-turn] >> text=注销").waitFor();
		await drawn(page);
		await shot(page, `retired-${size}`);
		await page.getByRole("button", { name: keep.name }).first().click();
		await page.locator(`[data-unit="land:${keep.code}"]`).waitFor({ state: "attached" });
	}
	const page = await open({ hash: `#/map?${VIEW}` });
	await drawn(page);
	await page.getByRole("combobox", { name: "搜索" }).fill(drop.code);
	await page.getByText("已停用,现由以下 1 个单元承接").waitFor();
	await shot(page, "search-retired");
	await page.keyboard.press("Enter");
	await page.locator(`[data-unit="land:${keep.code}"]`).waitFor({ state: "attached" });

	// Its life: what happened, and the map of then.
	await page.getByText("沿革", { exact: true }).click();
	await page.locator("[data-turn]").first().waitFor();
	await shot(page, "life");
	await page.locator("[data-turn]").last().getByRole("button", { name: "看当时" }).click();
	await page.locator('[data-moment="1"]').waitFor();
	await drawn(page);
	await shot(page, "life-then");
	const now = page.waitForResponse((response) => tileOf(response.url()) !== null);
	await page.getByRole("button", { name: "回到现在" }).click();
	await page.locator("[data-moment]").waitFor({ state: "detached" });
	await now;
	await drawn(page);
	await shot(page, "life-now");
	await page.locator("[data-turn]").first().getByRole("button", { name: /^版本/ }).click();
	await page.getByRole("heading", { name: /变化/ }).waitFor();
	await shot(page, "life-compare");
	// The states of then are read one at a time; the page comes again when it is told to.
	return [/410|Gone|503/];
}

/** Submits, approves and publishes what is on the edit screen, by its buttons. */
async function carryThrough(page) {
	await page.getByRole("button", { name: "提交审核" }).click();
	await page.getByRole("button", { name: "批准" }).click();
	await page.getByRole("button", { name: "立即发布" }).and(page.locator(":enabled")).click();
	const text = await page
		.getByText(/已成为版本 \d+/)
		.first()
		.innerText({ timeout: 180_000 });
	return Number(/版本 (\d+)/.exec(text)[1]);
}

async function twoBrowsersInConflictAreSettledAndTheEndIsTakenBack({ open, base }) {
	const [lan, wei] = [
		await open({ hash: `#/edit?${VIEW}` }),
		await open({ hash: `#/edit?${VIEW}` }),
	];
	await Promise.all([drawn(lan), drawn(wei)]);
	const mine = await begin(lan, "兰的方案");
	const first = await sharedBorders(lan, base, mine, BOX);
	const border = first.borders[2];
	await redraw(lan, first.at, border, 26);
	await lan.locator('[data-preview="replace_path"]').waitFor();
	await lan.keyboard.press("Enter");
	await rows(lan).first().waitFor();

	// The other draws the same run to the other side, in another browser, and is second.
	const theirs = await begin(wei, "卫的方案");
	const second = await sharedBorders(wei, base, theirs, BOX);
	await redraw(
		wei,
		second.at,
		second.borders.find(
			({ path }) => path[0].join() === border.path[0].join() && path.length === border.path.length,
		),
		-22,
	);
	await wei.locator('[data-preview="replace_path"]').waitFor();
	await wei.keyboard.press("Enter");
	await rows(wei).first().waitFor();

	const published = await carryThrough(lan);
	await wei.getByText(/与生效版本有 \d+ 处冲突/).waitFor({ timeout: 60_000 });
	await drawn(wei);
	await shot(wei, "conflict-two-browsers");
	await wei.getByRole("combobox", { name: /重画|恢复|界线/ }).selectOption("mine");
	await wei.getByRole("button", { name: "按此处理" }).click();
	await wei.getByText("无缺口、无重叠,可以提交").waitFor({ timeout: 60_000 });
	await shot(wei, "conflict-settled");
	const settled = await carryThrough(wei);
	assert.equal(settled, published + 1);
	await lan.getByText(`版本 ${settled} 已生效`).waitFor({ timeout: 30_000 });

	// Taken back, newest first: the border is what it was before either drew.
	const differing = async () => {
		const newest = (await get(base, "revisions")).total;
		// A server that is reading other revisions for the open pages asks to come again.
		for (let tries = 0; ; tries += 1) {
			const diff = await get(base, `revisions/${published - 1}/diff/${newest}`);
			if (diff.areas) return diff.areas;
			if (tries === 60) throw new Error(JSON.stringify(diff));
			await lan.waitForTimeout(500);
		}
	};
	for (const revision of [settled, published]) {
		await lan.goto(`${base}/#/history?revisions=${revision - 1}-${revision}`);
		await lan.getByRole("button", { name: `回退版本 ${revision},成为新草案` }).click();
		await lan.getByText("无缺口、无重叠,可以提交").waitFor({ timeout: 120_000 });
		await drawn(lan);
		await shot(lan, `revert-${revision === settled ? "second" : "first"}`);
		await carryThrough(lan);
	}
	assert.deepEqual(await differing(), [], "no unit has another area than before the two drafts");
	await lan.goto(`${base}/#/history`);
	await lan.getByRole("heading", { name: /变化/ }).waitFor();
	await drawn(lan);
	await shot(lan, "revert-history");
	return [/409|Conflict|422|Unprocessable/];
}

export const checks = {
	"follow: only what a publish touched is asked for again, within a second":
		onlyWhatAPublishTouchedIsAskedFor,
	"follow: without the stream the page asks": withoutTheStreamThePageAsks,
	"follow: a retired code leads to its successors, and a unit has a life":
		aRetiredCodeLeadsToItsSuccessors,
	"follow: two browsers in conflict are settled, then taken back":
		twoBrowsersInConflictAreSettledAndTheEndIsTakenBack,
};
