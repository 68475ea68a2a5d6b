import { desk } from "./desk.svelte";

/** Which operation of a draft is looked at in the review, and on which side of it. */
class Stepper {
	/** The place among the operations that are part of the draft; `null` for all of them at once. */
	at = $state<number | null>(null);
	before = $state(false);

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

	flip() {
		this.before = !this.before;
	}

	clear() {
		this.at = null;
		this.before = false;
	}
}

export const stepper = new Stepper();
