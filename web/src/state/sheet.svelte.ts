export type Snap = "peek" | "third" | "most" | "full";
export const SNAPS: readonly Snap[] = ["peek", "third", "most", "full"];

const PEEK = 104;
const BAR = 48;
/** Left above the full sheet, so that its handle stays within reach. */
const BRIM = 20;

/** How far the sheet of the phone is drawn up. */
class Sheet {
	snap = $state<Snap>("third");
	pulled = $state(false);
	#room = $state(innerHeight - BAR);
	#free = $state(0);
	height = $derived(this.pulled ? this.#free : this.#heightOf(this.snap));

	#heightOf(snap: Snap): number {
		switch (snap) {
			case "peek":
				return PEEK;
			case "third":
				return Math.round(this.#room / 3) + 28;
			case "most":
				return Math.round((this.#room * 2) / 3);
			case "full":
				return this.#room - BRIM;
			default:
				return snap satisfies never;
		}
	}

	measure() {
		this.#room = innerHeight - BAR;
	}

	pull(height: number) {
		this.pulled = true;
		this.#free = Math.max(PEEK, Math.min(this.#room - BRIM, height));
	}

	/** Lets go: the nearest height holds. */
	settle() {
		const here = this.height;
		const gap = (snap: Snap) => Math.abs(this.#heightOf(snap) - here);
		this.snap = SNAPS.reduce((best, snap) => (gap(snap) < gap(best) ? snap : best), "third");
		this.pulled = false;
	}

	set(snap: Snap) {
		this.snap = snap;
		this.pulled = false;
	}

	step(by: 1 | -1) {
		const at = SNAPS.indexOf(this.snap) + by;
		this.set(SNAPS[Math.max(0, Math.min(SNAPS.length - 1, at))] ?? this.snap);
	}

	/** A tap on the handle: one taller, from the top back to a third. */
	next() {
		if (this.snap === "full") this.set("third");
		else this.step(1);
	}
}

export const sheet = new Sheet();
