// Drawing on drafts by real mouse and keyboard events.
import { between, nearby, placer } from "./place.mjs";

const draftOf = (page) =>
	page.evaluate(() => Number(/draft=(\d+)/.exec(location.hash)?.[1] ?? Number.NaN));

export async function begin(page, title, reason = "浏览器测试", layer = "land") {
	await page.getByRole("button", { name: "新建草案" }).click();
	await page.getByLabel("标题").fill(title);
	await page.getByLabel("理由").fill(reason);
	await page.getByRole("combobox", { name: "图层" }).selectOption(layer);
	await page.getByRole("button", { name: "开始绘制" }).click();
	await page.getByRole("heading", { name: title }).waitFor();
	return draftOf(page);
}

const isFree = ({ x, y }) => x > 520 && x < 1340 && y > 80 && y < 780;

/** Borders between two grids whose bend lies well inside the free part of the map, the longest first. */
export async function sharedBorders(page, base, draft, box) {
	const near = await nearby(base, draft, box);
	const at = await placer(page);
	const good = near.borders.filter(
		({ path, left, right }) => left && right && path.length > 3 && path.every((p) => isFree(at(p))),
	);
	return { near, at, borders: good.sort((a, b) => b.path.length - a.path.length) };
}

export async function click(page, { x, y }) {
	await page.mouse.move(x, y, { steps: 3 });
	await page.mouse.click(x, y);
}

/** Redraws the middle of a border some pixels to one side, by real clicks; leaves the line finished. */
export async function redraw(page, at, border, aside = 24) {
	const { path } = border;
	const i = Math.floor(path.length / 3);
	const j = Math.max(i + 1, Math.floor((path.length * 2) / 3));
	const [a, b] = [at(between(path[i], path[i + 1], 0.5)), at(between(path[j - 1], path[j], 0.4))];
	const [dx, dy] = [b.x - a.x, b.y - a.y];
	const long = Math.hypot(dx, dy) || 1;
	const out = { x: (a.x + b.x) / 2 - (dy / long) * aside, y: (a.y + b.y) / 2 + (dx / long) * aside };
	await click(page, a);
	await click(page, out);
	// The click that comes back to the border ends the line.
	await click(page, b);
}

/** A place well inside a unit: beside the middle of one of its borders. */
export function inside(at, border, unit, aside = 14) {
	const i = Math.max(1, Math.floor(border.path.length / 2));
	const [p, q] = [at(border.path[i - 1]), at(border.path[i])];
	const long = Math.hypot(q.x - p.x, q.y - p.y);
	const left = border.left === unit ? 1 : -1;
	const [dx, dy] = [(q.y - p.y) / long, -(q.x - p.x) / long];
	return { x: (p.x + q.x) / 2 + dx * aside * left, y: (p.y + q.y) / 2 + dy * aside * left };
}
