import { type Event, Line, touchedBy } from "../api/events";
import * as api from "../api/revisions";
import { desk } from "./desk.svelte";
import { live } from "./live.svelte";
import { outbox } from "./outbox.svelte";
import { page } from "./page.svelte";
import { reports } from "./reports.svelte";

/** How often the revision is asked for while no line stands. */
const ASK_MS = 2000;
/** How often the queue of reports is, then. */
const QUEUE_MS = 6000;
/** How long after a refusal the line is tried again. */
const AGAIN_MS = 30_000;

/** Follows what others publish, while the page is seen: over a line to the server, and by asking where there is none. */
class Following {
	/** The revision that the page shows; null until it is known. */
	#known: number | null = null;
	#line: Line | null = null;
	#tried = 0;
	#asking = false;
	/** When the queue was last asked for without a line. */
	#asked = 0;

	/** Opens the line, shuts it while nobody looks (a browser has few to one server), and asks meanwhile. */
	keep() {
		if (document.hidden) {
			this.shut();
			return;
		}
		if (this.#line?.over) this.shut();
		if (!this.#line && Date.now() - this.#tried > AGAIN_MS) {
			this.#tried = Date.now();
			this.#line = new Line({
				opened: () => this.#opened(),
				happened: (event) => this.#happened(event),
			});
		}
		const open = this.#line?.open ?? false;
		live.line(open);
		if (!open) void this.#ask();
		else if (reports.stale) void reports.caughtUp();
		outbox.keep();
	}

	#opened() {
		live.line(true);
		void reports.caughtUp();
		void outbox.send();
		void this.#ask();
	}

	seen() {
		this.#tried = 0;
		this.keep();
	}

	shut() {
		this.#line?.close();
		this.#line = null;
		live.line(false);
	}

	#happened(event: Event) {
		if (event.type.startsWith("draft.")) void desk.list.load(null);
		if (event.type.startsWith("report.")) reports.heard(event);
		if (event.type !== "revision.published") return;
		const known = this.#known;
		// What was missed between makes any tile a suspect.
		const follows = known !== null && event.revision === known + 1;
		this.#learn(event.revision, follows ? touchedBy(event) : null);
	}

	async #ask() {
		if (this.#asking) return;
		this.#asking = true;
		const now = await api.current(new AbortController().signal).catch(() => null);
		this.#asking = false;
		if (now === null) live.lost();
		else this.#answered(now);
	}

	/** Without a line what happened is asked for, too. */
	#answered(revision: number) {
		live.answered();
		this.#learn(revision, null);
		if (this.#line?.open || Date.now() - this.#asked < QUEUE_MS) return;
		this.#asked = Date.now();
		void reports.caughtUp();
		void outbox.send();
	}

	#learn(revision: number, touched: ReturnType<typeof touchedBy>) {
		const known = this.#known;
		if (known !== null && revision <= known) return;
		this.#known = revision;
		if (known === null) return;
		page.renew(touched);
		page.say(page.text.inForce(revision), 8_000);
	}
}

export function followServer(): () => void {
	const following = new Following();
	const timer = setInterval(() => following.keep(), ASK_MS);
	const look = () => following.seen();
	document.addEventListener("visibilitychange", look);
	addEventListener("online", look);
	following.seen();
	return () => {
		clearInterval(timer);
		document.removeEventListener("visibilitychange", look);
		removeEventListener("online", look);
		following.shut();
	};
}
