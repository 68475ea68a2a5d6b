// A land border laid along a border of the police, with the key F.
import assert from "node:assert/strict";
import { drawn, shot } from "../lib/browser.mjs";
import { begin, click } from "../lib/drawing.mjs";
import { nearby, placer } from "../lib/place.mjs";
import { accessible } from "../lib/people.mjs";

// East of the river: no other check draws here.
const VIEW = "view=16.00/110.33750/25.24900";
const BOX = [110.325, 25.24, 110.35, 25.258];
const key = ([lon, lat]) => `${lon.toFixed(7)} ${lat.toFixed(7)}`;
const rows = (page) => page.locator("ol li[data-seq]");

/** Stretches of police borders that leave a land border and come back to the same one. */
function detours(land, police) {
	const on = new Map();
	for (const border of land.filter(({ left, right }) => left && right)) {
		for (const place of border.path) on.set(key(place), [...(on.get(key(place)) ?? []), border]);
	}
	return police.flatMap(({ path }) => {
		const feet = path.flatMap((place, i) => (on.has(key(place)) ? [i] : []));
		return feet.slice(1).flatMap((j, n) => {
			const i = feet[n];
			const both = on.get(key(path[i])).find((border) => on.get(key(path[j])).includes(border));
			return both && j - i > 3 ? [{ border: both, way: path.slice(i, j + 1) }] : [];
		});
	});
}

async function aLandBorderIsLaidAlongAPoliceBorder({ open, base }) {
	const page = await open({ hash: `#/edit?${VIEW}` });
	await drawn(page);
	const draft = await begin(page, "与警格一致");
	const [land, police] = await Promise.all([
		nearby(base, draft, BOX),
		fetch(`${base}/api/v1/drafts/${draft}/borders?bbox=${BOX}&layer=police`).then((answer) => answer.json()),
	]);
	const at = await placer(page);
	const isFree = (place) => {
		const { x, y } = at(place);
		return x > 480 && x < 1380 && y > 70 && y < 820;
	};
	const found = detours(land.borders, police.borders).filter(({ way }) => way.every(isFree));
	assert.ok(found.length > 0, "a police border that leaves a land border and comes back to it");
	const [{ border, way }] = found.sort((a, b) => b.way.length - a.way.length);

	await page.getByRole("checkbox", { name: "警格" }).check();
	await drawn(page);
	await page.keyboard.press("f");
	await page.locator('[data-tool="trace"][aria-pressed="true"]').waitFor();
	await page.waitForTimeout(1000);
	await click(page, at(way[0]));
	// On the way only the two ends are pointed at: the bends between them are followed.
	const middle = at(way[Math.floor(way.length / 2)]);
	await page.mouse.move(middle.x, middle.y, { steps: 4 });
	await page.waitForTimeout(500);
	await shot(page, "trace-police-on-the-way");
	await click(page, at(way.at(-1)));
	await page.locator('[data-preview="replace_path"]').waitFor();
	await page.waitForTimeout(500);
	await shot(page, "trace-police-preview");
	await accessible(page);
	await page.keyboard.press("Enter");
	await rows(page).first().waitFor();

	const saved = await (await fetch(`${base}/api/v1/drafts/${draft}`)).json();
	assert.deepEqual(saved.operations[0].operation.path.map(key), way.map(key), "every bend of the police border, and no other");
	const now = await nearby(base, draft, BOX);
	const run = now.borders.find(({ left, right, path }) =>
		[border.left, border.right].every((unit) => unit === left || unit === right) && path.some((p) => key(p) === key(way[2])),
	);
	const places = run.path.map(key);
	assert.ok(way.every((place) => places.includes(key(place))), "the land border lies on the police border, vertex for vertex");
	await shot(page, "trace-police-saved");
	await page.getByRole("button", { name: "撤回草案" }).click();
	await page.getByText("草案已撤回,不能再画").waitFor();
	// A line on its way may be one that the server would not take.
	return [/422|Unprocessable/];
}

export const checks = { "trace: a land border is laid along a police border": aLandBorderIsLaidAlongAPoliceBorder };
