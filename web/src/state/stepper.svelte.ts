import { desk } from "./desk.svelte";
import { page } from "./page.svelte";

/** Both sides with a line between them that can be moved, or one of them. */
export const SIDES = ["swipe", "before", "after"] as const;
export type SideShown = (typeof SIDES)[number];

/** The middle of what the panels leave free. */
const middle = () => (page.media.phone ? 0.5 : 0.62);

/** Which operation of a draft is looked at in the review, and which side of it. */
class Stepper {
	/** The place among the operations that are part of the draft; `null` for all of them at once. */
	at = $state<number | null>(null);
	side = $state<SideShown>("swipe");
	/** Where the line between the sides stands, as a share of the map's width. */
	line = $state(middle());

	step(by: 1 | -1) {
		const { length } = desk.done;
		if (length === 0) return;
		const from = this.at ?? (by === 1 ? -1 : length);
		const next = from + by;
		this.at = next < 0 || next >= length ? null : next;
	}

	choose(at: number | null) {
		this.at = this.at === at ? null : at;
	}

	show(side: SideShown) {
		this.side = side;
	}

	flip() {
		this.side = SIDES[(SIDES.indexOf(this.side) + 1) % SIDES.length] ?? "swipe";
	}

	move(line: number) {
		this.line = Math.max(0.02, Math.min(0.98, line));
	}

	clear() {
		this.at = null;
		this.side = "swipe";
		this.line = middle();
	}
}

export const stepper = new Stepper();
