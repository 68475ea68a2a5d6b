import { type Standing, standing } from "../core/live";

/** How the page stands to what happens on the server; the badge tells it. */
class Live {
	#open = $state(false);
	#answered = $state(navigator.onLine);
	#known = $state(Date.now());
	/** Since when something is known to have happened that is not shown. */
	#pending = $state<number | null>(null);
	#now = $state(Date.now());
	standing = $derived<Standing>(
		standing({
			open: this.#open,
			answered: this.#answered,
			known: this.#known,
			pending: this.#pending,
			now: this.#now,
		}),
	);
	/** Whether the server is within reach. */
	reached = $derived(this.#answered);

	constructor() {
		addEventListener("offline", () => this.lost());
		addEventListener("online", () => this.answered());
		setInterval(() => this.tick(), 1000);
	}

	tick() {
		this.#now = Date.now();
		if (this.#open && this.#answered && this.#pending === null) this.#known = this.#now;
	}

	/** The line stands, or no longer. */
	line(open: boolean) {
		if (open) this.#answered = navigator.onLine;
		this.#open = open;
		this.tick();
	}

	answered() {
		this.#answered = navigator.onLine;
		this.tick();
	}

	lost() {
		this.#answered = false;
		this.#open = false;
		this.#now = Date.now();
	}

	/** Something happened that is not shown yet. */
	owes() {
		this.#pending ??= Date.now();
	}

	/** All that happened is shown. */
	settled() {
		this.#pending = null;
		this.#known = Date.now();
		this.#now = this.#known;
	}
}

export const live = new Live();
