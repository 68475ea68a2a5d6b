// Reports under borders that move, and more of them than are shown one by one: each check on a city of its own.
import assert from "node:assert/strict";
import { drawn, shot } from "../lib/browser.mjs";
import { accessible } from "../lib/people.mjs";
import { placer } from "../lib/place.mjs";
import { file, get, hashOf, live, post, row, sendAll } from "../lib/reports.mjs";
import { serveStaffed } from "../lib/server.mjs";

/** Publishes one operation on the land. */
async function published(base, operation, seen) {
	const asked = { layer: "land", title: "并格", reason: "浏览器测试" };
	let draft = await post(base, "drafts", asked);
	const { id } = draft;
	draft = await post(base, `drafts/${id}/operations`, operation, draft.version);
	for (const step of ["submit", "approve", "publish"]) {
		draft = await post(base, `drafts/${id}/${step}`, {}, draft.version);
		if (step === "submit") await seen(id);
	}
}

async function movedByABorderAndFlagged({ open }) {
	const { base, stop } = await serveStaffed([]);
	try {
		const place = { lon: 110.29, lat: 25.274 };
		const [follows, byHand] = [await file(base, place), await file(base, place)];
		const { layer, code } = follows.responsible;
		const near = (await get(base, `units/${layer}/${code}/neighbours`)).items;
		const siblings = near.filter((unit) => unit.code.slice(0, 12) === code.slice(0, 12));
		const into = siblings[0];
		const other = near.find((unit) => unit.code !== into.code);
		await post(base, `reports/${byHand.id}/transfer`, { to: other.code, reason: "院墙在那边" });
		const page = await open({
			at: base,
			hash: `#/reports?view=15.00/110.29000/25.27400&report=${follows.id}`,
		});
		await live(page);
		await page.locator(`[data-stage-of="${follows.id}"]`).first().waitFor();
		await published(base, { kind: "merge", keep: into.code, drop: [code] }, async (draft) => {
			// Whoever looks at the draft is told what it would do to open reports.
			const review = await open({ at: base, hash: `#/review?draft=${draft}` });
			const moves = review.locator("[data-reports-move] li");
			await moves.first().waitFor();
			assert.match(await moves.first().innerText(), /→[^]*[1-9]\d* 件/);
			await shot(review, "reports-impact-desk-light");
		});
		// The card that is open says it as soon as it has happened, and by which revision.
		const trace = page.locator("[data-trace=moved]");
		await trace.waitFor();
		assert.match(await trace.innerText(), /界线|版本/);
		assert.equal((await get(base, `reports/${follows.id}`)).assigned.code, into.code);
		await shot(page, "reports-moved-desk-light");
		await accessible(page);
		// What was given by hand stays where it is, is marked in the queue and can be asked for.
		// Of the mark alone no event tells, so it is there with the next look.
		await page.reload();
		await row(page, byHand.id).getByText("有标记").waitFor();
		await page.getByRole("button", { name: "筛选" }).click();
		await page.getByRole("button", { name: "有标记", exact: true }).click();
		await page.waitForFunction(() => location.hash.includes("flagged=1"));
		await row(page, follows.id).waitFor({ state: "detached" });
		await row(page, byHand.id).click();
		await page.getByText("已标记", { exact: true }).waitFor();
		const kept = await get(base, `reports/${byHand.id}`);
		assert.deepEqual([kept.flagged, kept.assigned.code], [true, other.code]);
		await shot(page, "reports-flagged-desk-light");
		const phone = await open({ at: base, size: "phone", theme: "dark", hash: await hashOf(page) });
		await phone.getByText("已标记", { exact: true }).waitFor();
		await shot(phone, "reports-flagged-phone-dark");
		await accessible(phone);
	} finally {
		await stop();
	}
}

async function moreThanAreShownOneByOne({ open }) {
	const { base, stop } = await serveStaffed([]);
	try {
		// A lattice of places downtown, the middle one twice over.
		const places = Array.from({ length: 1300 }, (_, n) => ({
			lon: 110.27 + (n % 40) / 1000,
			lat: 25.26 + Math.floor(n / 40) / 1200,
		}));
		await sendAll(base, places);
		const page = await open({ at: base, hash: "#/reports?view=12.50/110.29000/25.27500" });
		await live(page);
		await drawn(page);
		const { total } = await get(base, "reports?stage=open&limit=1");
		const said = () => page.getByText(/^图上 [\d,]+ 件$/).innerText();
		const many = Number((await said()).replace(/\D/g, ""));
		assert.ok(many >= 1300 && many <= total, `${many} of ${total}`);
		await shot(page, "reports-heaps-desk-light");
		// One more is counted without a hand being moved.
		await file(base, places[0]);
		await page.getByText(`图上 ${many + 1} 件`).waitFor();
		// A heap falls apart when it is clicked, and near enough each report is itself.
		const middle = (await placer(page))([110.29, 25.275]);
		let at = null;
		for (let step = 0; step < 60 && !at; step += 1) {
			const spot = {
				x: middle.x - 60 + (step % 10) * 12,
				y: middle.y - 36 + Math.floor(step / 10) * 12,
			};
			await page.mouse.move(spot.x, spot.y);
			await page.waitForTimeout(60);
			const over = await page
				.locator(".maplibregl-canvas")
				.evaluate((canvas) => canvas.style.cursor);
			if (over === "pointer") at = spot;
		}
		assert.ok(at, "a heap lies near the middle");
		await page.mouse.click(at.x, at.y);
		await page.waitForFunction(() => Number(/view=([\d.]+)/.exec(location.hash)?.[1]) > 14);
		await page.waitForFunction(
			(all) => Number(document.body.innerText.match(/图上 (\d+) 件/)?.[1]) < all,
			many,
		);
		await drawn(page);
		await shot(page, "reports-heaps-near-desk-light");
		const phone = await open({
			at: base,
			size: "phone",
			theme: "dark",
			hash: "#/reports?view=11.50/110.29000/25.27500",
		});
		await live(phone);
		await drawn(phone);
		await shot(phone, "reports-heaps-phone-dark");
		await accessible(phone);
	} finally {
		await stop();
	}
}

export const checks = {
	"reports: a border that moves takes one along and marks another": movedByABorderAndFlagged,
	"reports: more than are shown one by one are heaped up": moreThanAreShownOneByOne,
};
