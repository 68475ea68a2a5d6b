import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { drawn, require, shot } from "../lib/browser.mjs";
import { begin, click, inside, redraw, sharedBorders } from "../lib/drawing.mjs";
import { between, nearby } from "../lib/place.mjs";

// North of the old town: no other check looks here.
const VIEW = "view=15.00/110.30000/25.31000";
const BOX = [110.29, 25.302, 110.31, 25.318];
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

async function post(base, path, body, version) {
	const headers = { "content-type": "application/json" };
	if (version !== undefined) headers["if-match"] = `"${version}"`;
	const answer = await fetch(`${base}/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
	const got = await answer.json();
	assert.ok(answer.ok, `${path}: ${JSON.stringify(got)}`);
	return got;
}

const get = async (base, path) => (await fetch(`${base}/api/v1/${path}`)).json();
const stands = (page) => page.locator(".stand").getAttribute("data-fit");
const rows = (page) => page.locator("ol li[data-seq]");

async function seriousOf(page) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() =>
		window.axe.run(document, { resultTypes: ["violations"] }),
	);
	return violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => `${v.id}: ${v.nodes[0]?.html}`);
}

async function aBorderIsRedrawnAndPublished({ open, base }) {
	const page = await open({ hash: `#/edit?${VIEW}` });
	await drawn(page);
	assert.deepEqual(await seriousOf(page), []);
	const before = (await get(base, "revisions")).total;
	const draft = await begin(page, "重画一段界线");
	assert.equal(await stands(page), "false");
	await page.getByText("还没有改动,不能提交").waitFor();
	const { at, borders } = await sharedBorders(page, base, draft, BOX);
	assert.ok(borders.length > 2, "borders in view");
	await redraw(page, at, borders[0]);
	await page.locator('[data-preview="replace_path"]').waitFor();
	await shot(page, "edit-redraw-preview");
	const cells = await page.locator("[data-preview] tbody td:nth-child(2)").allTextContents();
	assert.equal(cells.length, 2, `two units change: ${cells}`);
	assert.match(cells.join(" "), /\+[\d,]+\sm².*−[\d,]+\sm²/);
	await page.keyboard.press("Enter");
	await rows(page).first().waitFor();
	assert.match(await rows(page).first().innerText(), /重画 .+ ↔ .+ 的界线/);
	await page.getByText("无缺口、无重叠,可以提交").waitFor();

	// Undone and done again, also across a reload.
	await page.keyboard.press("Control+z");
	await page.getByText("还没有操作").waitFor();
	await page.reload();
	await drawn(page);
	const again = page.getByRole("button", { name: /重做:重画/ });
	await again.waitFor();
	await again.click();
	await rows(page).first().waitFor();
	await page.getByText("无缺口、无重叠,可以提交").waitFor();
	assert.deepEqual(await seriousOf(page), []);
	await shot(page, "edit-redraw-saved");

	const other = await open({ hash: `#/map?${VIEW}` });
	await drawn(other);
	await page.getByRole("button", { name: "提交审核" }).click();
	await page.getByRole("heading", { name: "经过" }).waitFor();
	const publish = page.getByRole("button", { name: "立即发布" });
	assert.equal(await publish.isDisabled(), true, "not before it is approved");
	await page.getByText("先批准").first().waitFor();
	await page.keyboard.press("j");
	await page.getByText("第 1 步,共 1 步").waitFor();
	await shot(page, "review-step");
	assert.deepEqual(await seriousOf(page), []);
	await page.getByRole("button", { name: "批准" }).click();
	await publish.and(page.locator(":enabled")).click();
	await page.getByText(`已成为版本 ${before + 1}`).waitFor();
	assert.equal((await get(base, "revisions")).total, before + 1);
	await other.getByText(`版本 ${before + 1} 已生效`).waitFor({ timeout: 6000 });
	await other.getByText(`版本 ${before + 1} ·`).waitFor();
}

async function aGridIsSplitAndTwoAreMerged({ open, base }) {
	const page = await open({ hash: `#/edit?${VIEW}` });
	await drawn(page);
	const draft = await begin(page, "拆分与合并");
	const { near, at, borders } = await sharedBorders(page, base, draft, BOX);
	// A cut from one border of a unit to another.
	const unit = borders.map(({ left }) => left).find((id) => borders.filter((b) => [b.left, b.right].includes(id)).length > 1);
	const own = borders.filter((b) => [b.left, b.right].includes(unit));
	const ends = own.slice(0, 2).map(({ path }) => {
		const i = Math.floor(path.length / 2);
		return at(between(path[i - 1], path[i], 0.5));
	});
	await page.keyboard.press("x");
	await click(page, ends[0]);
	await click(page, ends[1]);
	await page.locator('[data-preview="split"]').waitFor();
	await shot(page, "edit-split-preview");
	const name = await page.getByLabel("新网格名称").inputValue();
	assert.match(name, /\S/);
	await page.getByRole("button", { name: /^保存/ }).click();
	await rows(page).first().waitFor();
	assert.match(await rows(page).first().innerText(), /拆分/);
	await page.getByRole("rowheader", { name: new RegExp(name) }).waitFor();

	// The two pieces are merged again, the first one stays.
	const now = await nearby(base, draft, BOX);
	const fresh = now.units.find((one) => !near.units.some(({ id }) => id === one.id));
	assert.ok(fresh, "the split made a unit");
	const middle = now.borders.find((b) => [b.left, b.right].includes(unit) && [b.left, b.right].includes(fresh.id));
	const [p, q] = [middle.path.at(0), middle.path.at(-1)].map(at);
	const [mx, my, long] = [(p.x + q.x) / 2, (p.y + q.y) / 2, Math.hypot(q.x - p.x, q.y - p.y)];
	const aside = (d) => ({ x: mx - ((q.y - p.y) / long) * d, y: my + ((q.x - p.x) / long) * d });
	await page.keyboard.press("m");
	await click(page, aside(14));
	await click(page, aside(-14));
	await page.locator('[data-preview="merge"]').waitFor();
	await shot(page, "edit-merge-preview");
	await page.keyboard.press("Enter");
	await rows(page).nth(1).waitFor();
	assert.match(await rows(page).nth(1).innerText(), /合并/);
	await page.keyboard.press("Control+z");
	await rows(page).nth(1).waitFor({ state: "detached" });
	assert.equal((await get(base, `drafts/${draft}`)).operations.filter((o) => o.part === "done").length, 1);
	await page.getByRole("button", { name: "撤回草案" }).click();
	await page.getByText("草案已撤回,不能再画").waitFor();
}

async function aRefusalSaysWhereAndWhy({ open, base }) {
	const page = await open({ hash: `#/edit?${VIEW}` });
	await drawn(page);
	const draft = await begin(page, "不该画的");
	const { at, borders } = await sharedBorders(page, base, draft, BOX);
	const [{ path }] = borders;
	const a = at(between(path[1], path[2], 0.5));
	await click(page, a);
	await click(page, { x: a.x + 40, y: a.y - 40 });
	await click(page, { x: a.x + 40, y: a.y + 10 });
	await click(page, { x: a.x + 10, y: a.y - 40 });
	await page.keyboard.press("Enter");
	await page.locator("[data-refused]").waitFor();
	await shot(page, "edit-refused");
	const save = page.getByRole("button", { name: /^保存/ });
	assert.equal(await save.isDisabled(), true);
	await page.keyboard.press("Escape");
	await page.locator("[data-refused]").waitFor({ state: "detached" });
	await page.getByRole("button", { name: "撤回草案" }).click();
	return [/422|Unprocessable/];
}

async function theOtherToolsDraw({ open, base }) {
	const page = await open({ theme: "dark", hash: `#/edit?${VIEW}` });
	await drawn(page);
	const draft = await begin(page, "其余工具");
	const { at, near, borders } = await sharedBorders(page, base, draft, BOX);
	const [first, second] = borders;
	const done = async (count, words) => {
		await page.keyboard.press("Enter");
		await rows(page).nth(count).waitFor();
		assert.match(await rows(page).nth(count).innerText(), words);
	};

	// A border redrawn by dragging.
	const i = Math.floor(first.path.length / 3);
	const [a, b] = [at(between(first.path[i], first.path[i + 1], 0.5)), at(first.path.at(-2))];
	await page.mouse.move(a.x, a.y);
	await page.mouse.down();
	const steps = 14;
	for (let n = 1; n < steps; n += 1) {
		const bow = Math.sin((n / steps) * Math.PI) * 18;
		await page.mouse.move(a.x + ((b.x - a.x) * n) / steps, a.y + ((b.y - a.y) * n) / steps - bow);
	}
	await page.mouse.move(b.x, b.y);
	await page.mouse.up();
	await page.locator("[data-preview]").waitFor();
	await shot(page, "edit-drag-dark");
	await done(0, /重画/);

	await page.keyboard.press("e");
	const corner = at(second.path[Math.floor(second.path.length / 2)]);
	await page.mouse.move(corner.x, corner.y);
	await page.mouse.down();
	await page.mouse.move(corner.x + 6, corner.y + 3, { steps: 3 });
	await page.mouse.up();
	await page.locator('[data-preview="move_node"]').waitFor();
	await done(1, /移动顶点/);

	await page.keyboard.press("a");
	await click(page, inside(at, second, second.left));
	await page.getByLabel("名称").fill("改过名的网格");
	await page.locator('[data-preview="set_attributes"]').waitFor();
	await page.getByRole("button", { name: /^保存/ }).click();
	await rows(page).nth(2).waitFor();
	await page.getByText("→ 改过名的网格").waitFor();

	await page.keyboard.press("p");
	const unit = near.units.find(({ id }) => id === second.right);
	await click(page, inside(at, second, second.right));
	const parents = page.getByLabel("新的上级");
	await page.waitForFunction(() => document.querySelectorAll(".hand option").length > 1);
	const values = await parents.locator("option").evaluateAll((all) => all.map(({ value }) => value));
	await parents.selectOption(values.find((value) => /^\d+$/.test(value) && value !== unit.parent));
	await page.locator('[data-preview="reassign_parent"]').waitFor();
	await page.getByRole("button", { name: /^保存/ }).click();
	await rows(page).nth(3).waitFor();
	await page.getByText("村社区、网格").or(page.getByText("网格、村社区")).waitFor();

	// A piece of one grid, drawn around a run of its border, goes to its neighbour.
	await page.keyboard.press("t");
	const other = borders.find((one) => one !== first && one !== second);
	const middle = Math.floor(other.path.length / 2);
	const from = [at(other.path[middle - 1]), at(other.path[middle])];
	const [near1, far1] = [inside(at, other, other.left, 16), inside(at, other, other.right, 10)];
	const off = { x: near1.x - (from[0].x + from[1].x) / 2, y: near1.y - (from[0].y + from[1].y) / 2 };
	for (const place of [from[0], from[1], { x: from[1].x + off.x, y: from[1].y + off.y }, { x: from[0].x + off.x, y: from[0].y + off.y }]) {
		await click(page, place);
	}
	await page.keyboard.press("Enter");
	await page.getByText("点接收的网格").first().waitFor();
	await click(page, far1);
	await page.locator('[data-preview="transfer"]').waitFor();
	await shot(page, "edit-transfer-dark");
	await done(4, /划转/);

	// Snapping is seen and can be turned off; the view stays where it was all the while.
	const snap = page.getByRole("button", { name: /^吸附/ });
	assert.equal(await snap.getAttribute("aria-pressed"), "true");
	await page.keyboard.press("s");
	assert.equal(await snap.getAttribute("aria-pressed"), "false");
	assert.ok(decodeURIComponent(page.url()).includes(VIEW), page.url());
	assert.deepEqual(await seriousOf(page), []);
	await shot(page, "edit-all-dark");
	await page.getByRole("button", { name: "EN", exact: false }).first().click();
	await page.getByRole("heading", { name: "Operations 5" }).waitFor();
	await shot(page, "edit-all-dark-en");
	await page.getByRole("button", { name: "Withdraw" }).click();
	await page.getByText("it cannot be drawn on").waitFor();
	// A line on its way may be one that the server would not take.
	return [/422|Unprocessable/];
}

async function policeGridsAreDrawnOnTheirOwnBorders({ open, base }) {
	const page = await open({ hash: "#/edit?view=14.00/110.30000/25.31000" });
	await drawn(page);
	const draft = await begin(page, "警格调整", "辖区移交", "police");
	await page.getByRole("checkbox", { name: "警格" }).and(page.locator(":checked")).waitFor();
	const { at, borders } = await sharedBorders(page, base, draft, [110.28, 25.29, 110.32, 25.33]);
	assert.ok(borders.length > 0, "police borders in view");
	await redraw(page, at, borders[0], 12);
	await page.locator("[data-preview]").waitFor();
	await page.keyboard.press("Enter");
	await rows(page).first().waitFor();
	await shot(page, "edit-police");
	await page.getByRole("button", { name: "撤回草案" }).click();
	await page.getByText("草案已撤回,不能再画").waitFor();
	return [/422|Unprocessable/];
}

/** Publishes a draft that moves the middle vertex of a border. */
async function publishAMove(base, draft, path) {
	const from = path[Math.floor(path.length / 2)];
	const move = { kind: "move_node", at: from, to: [from[0] + 4e-5, from[1] + 4e-5] };
	let { version } = await post(base, `drafts/${draft.id}/operations`, move, draft.version);
	for (const step of ["submit", "approve", "publish"]) {
		({ version } = await post(base, `drafts/${draft.id}/${step}`, {}, version));
	}
}

/** A city that has only its first revision gets a second. */
async function aSecondRevision(base) {
	if ((await get(base, "revisions")).total > 1) return;
	const draft = await post(base, "drafts", { layer: "land", title: "挪一个顶点", reason: "浏览器测试" });
	const near = await nearby(base, draft.id, BOX);
	const { path } = near.borders.find((b) => b.left && b.right && b.path.length > 4);
	await publishAMove(base, draft, path);
}

async function draftsInConflictAreSettled({ open, base }) {
	const page = await open({ hash: `#/edit?${VIEW}` });
	await drawn(page);
	const mine = await begin(page, "冲突的一方");
	const { at, borders } = await sharedBorders(page, base, mine, BOX);
	const border = borders[1];
	await redraw(page, at, border);
	await page.locator('[data-preview="replace_path"]').waitFor();
	await page.keyboard.press("Enter");
	await rows(page).first().waitFor();
	// Somebody else moves a vertex of the same run, and is first.
	const theirs = await post(base, "drafts", { layer: "land", title: "冲突的另一方", reason: "先发布" });
	await publishAMove(base, theirs, border.path);
	await page.getByText(/与生效版本有 \d+ 处冲突/).waitFor({ timeout: 10_000 });
	await page.waitForTimeout(600);
	await shot(page, "edit-conflict");
	assert.deepEqual(await seriousOf(page), []);
	await page.getByRole("combobox", { name: /重画|恢复|界线/ }).selectOption("mine");
	await page.getByRole("button", { name: "按此处理" }).click();
	await page.getByText("无缺口、无重叠,可以提交").waitFor();
	await page.getByRole("button", { name: "撤回草案" }).click();
	await page.getByText("草案已撤回,不能再画").waitFor();
	return [/409|Conflict/];
}

async function historyComparesAndReverts({ open, base }) {
	await aSecondRevision(base);
	for (const size of ["desk", "phone"]) {
		const page = await open({ size, hash: "#/history" });
		await page.getByRole("heading", { name: /变化/ }).waitFor();
		await page.getByRole("rowheader").first().waitFor();
		await drawn(page);
		await page.waitForTimeout(500);
		await shot(page, `history-${size}`);
		assert.deepEqual(await seriousOf(page), []);
	}
	const page = await open({ hash: "#/history" });
	const { items } = await get(base, "revisions");
	await page.getByRole("button", { name: `回退版本 ${items.at(-1).number},成为新草案` }).click();
	await page.getByText("无缺口、无重叠,可以提交").waitFor();
	await drawn(page);
	await shot(page, "history-reverted");
	await page.getByRole("button", { name: "撤回草案" }).click();
	await page.getByText("草案已撤回,不能再画").waitFor();
}

async function phonesShowDraftsAndReviews({ open, base }) {
	await aSecondRevision(base);
	for (const screen of ["edit", "review"]) {
		const page = await open({ size: "phone", hash: `#/${screen}` });
		await drawn(page);
		const row = page.locator("[data-draft]").first();
		await row.waitFor();
		await shot(page, `${screen}-phone-list`);
		assert.deepEqual(await seriousOf(page), []);
		await row.click();
		await page.getByRole("button", { name: /全部草案/ }).waitFor();
		await page.waitForTimeout(500);
		await shot(page, `${screen}-phone`);
		assert.equal(await page.locator("[data-tool]").count(), 0, "no tools on a phone");
		assert.deepEqual(await seriousOf(page), []);
	}
}

export const checks = {
	"edit: a border is redrawn, reviewed, published and seen elsewhere": aBorderIsRedrawnAndPublished,
	"edit: a grid is split and the pieces merged": aGridIsSplitAndTwoAreMerged,
	"edit: a refusal says why and saves nothing": aRefusalSaysWhereAndWhy,
	"edit: the other tools draw, in the dark and in English": theOtherToolsDraw,
	"edit: police grids are drawn on their own borders": policeGridsAreDrawnOnTheirOwnBorders,
	"edit: drafts in conflict are settled": draftsInConflictAreSettled,
	"edit: history compares and takes back": historyComparesAndReverts,
	"edit: phones show drafts and reviews": phonesShowDraftsAndReviews,
};
