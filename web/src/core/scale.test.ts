import { expect, test } from "vitest";
import { pool } from "./pool";
import { scaleBar } from "./scale";

test.each([4, 8.3, 12, 16.9])(
	"the bar at zoom %d fits its room and fills more than a third of it",
	(zoom) => {
		const bar = scaleBar(25.27, zoom, 100);
		expect(bar.pixels).toBeLessThanOrEqual(100);
		expect(bar.pixels).toBeGreaterThan(38);
		expect(String(bar.metres)).toMatch(/^[125]0*$/);
	},
);

test("a pool keeps the order and never runs more than its width", async () => {
	let running = 0;
	let most = 0;
	const answers = await pool([5, 1, 3, 0], 2, async (wait) => {
		running += 1;
		most = Math.max(most, running);
		await new Promise((done) => setTimeout(done, wait));
		running -= 1;
		return wait * 2;
	});
	expect(answers).toEqual([10, 2, 6, 0]);
	expect(most).toBe(2);
});
