import { untrack } from "svelte";
import type { Event } from "../api/events";
import * as api from "../api/reports";
import { pool } from "../core/pool";
import { beside, fits, placed, type Queue, START_QUEUE } from "../core/queue";
import { live } from "./live.svelte";
import { asRefusal, Loader } from "./load.svelte";
import { page } from "./page.svelte";
import { person } from "./session.svelte";

/** How many rows are read at a time. */
const STRETCH = 50;
/** When more than so many changed at once, the queue is read anew rather than report by report. */
const MANY = 30;
const AT_ONCE = 6;
/** As many as the server gives at once. */
const MOST = 1000;
/** Counts are asked for at most so often, in milliseconds. */
const COUNT_MS = 800;

type Row = api.Summary;

const open = () => new AbortController().signal;

/** The queue of reports, as the address asks for it, kept up with what happens on the server. */
class Reports {
	rows = $state.raw<readonly Row[]>([]);
	/** What came while somebody had the list in hand; it is put in when they let go, or ask for it. */
	held = $state.raw<readonly Row[]>([]);
	/** How many there are in all; null until it is known. */
	total = $state<number | null>(null);
	/** How many wait for somebody: collected, and those whose unit is to be confirmed. */
	waiting = $state(0);
	/** Rows that are no longer on the ground of whoever looks. */
	lost = $state.raw<ReadonlySet<number>>(new Set());
	/** Grows when something happened, at most about once a second. */
	beats = $state(0);
	/** Something happened and could not be read. */
	stale = false;
	/** Grows when much may be different, and more than the rows must be read again. */
	sweeps = $state(0);
	#next = $state<string | null>(null);
	/** The list is under the pointer or has the focus. */
	#inHand = false;
	#pending = new Set<number>();
	#draining = false;
	#catching = false;
	#timer = 0;
	#counting = false;
	/** Told of each report that is read again. */
	readonly #ears = new Set<(report: api.Report, belongs: boolean) => void>();

	list = new Loader<Queue, void>(async (queue, signal) => {
		const first = await api.list(queue, { limit: STRETCH, cursor: null, bbox: null }, signal);
		if (signal.aborted) return;
		this.rows = first.items;
		this.held = [];
		this.lost = new Set();
		this.#next = first.next;
		this.total = first.total;
		this.stale = false;
		live.settled();
	});
	rest = new Loader<Queue, void>(async (queue, signal) => {
		const page = { limit: STRETCH, cursor: this.#next, bbox: null };
		const { items, next } = await api.list(queue, page, signal);
		if (signal.aborted) return;
		const known = new Set(this.rows.map(({ id }) => id));
		this.rows = [...this.rows, ...items.filter(({ id }) => !known.has(id))];
		this.#next = next;
	});

	queue = $derived(page.route.queue);
	more = $derived(this.#next !== null);
	/** The queue is narrowed by something. */
	narrowed = $derived(
		Object.entries(START_QUEUE).some(
			([name, value]) => name !== "order" && this.queue[name as keyof Queue] !== value,
		),
	);
	shown = $derived(page.screen === "reports");

	load() {
		this.rest.clear();
		void this.list.load(untrack(() => this.queue));
	}

	loadMore() {
		void this.rest.load(this.queue);
	}

	/** Whoever listens is told of each report that is read again, and whether it belongs in the queue. */
	onRead(ear: (report: api.Report, belongs: boolean) => void) {
		this.#ears.add(ear);
	}

	/** Something happened to a report. */
	heard(event: Event) {
		this.stir();
		if (!this.shown || !person.reports) return;
		this.#pending.add(Number(event.subject));
		live.owes();
		void this.#drain();
	}

	/** What was said meanwhile may have been missed: it is asked for, and the rows that are here keep their places. */
	async caughtUp() {
		if (!person.reports) return;
		this.stir();
		if (!this.shown || this.list.state.kind !== "here") {
			if (this.shown) this.load();
			else live.settled();
			return;
		}
		if (this.#catching) return;
		this.#catching = true;
		await this.#catchUp();
		this.#catching = false;
	}

	async #catchUp() {
		const { queue } = this;
		const limit = Math.min(MOST, Math.max(STRETCH, this.rows.length));
		const ask = api.list(queue, { limit, cursor: null, bbox: null }, open());
		this.stale = true;
		const first = await ask.catch(() => null);
		if (!first || queue !== this.queue) return;
		this.stale = false;
		this.sweeps += 1;
		this.total = first.total;
		const here = new Set(first.items.map(({ id }) => id));
		for (const row of first.items) this.#put(row, true);
		const gone = this.rows.filter((row) => !here.has(row.id) && this.belongs(row));
		await pool(gone.slice(0, MANY), AT_ONCE, ({ id }) => this.#read(id));
		if (!this.stale) live.settled();
	}

	/** Whether a row that was found in the queue is still what was asked for. */
	belongs(row: Row): boolean {
		const { unit } = this.queue;
		if (this.lost.has(row.id)) return false;
		return fits(this.queue, row, unit === null ? [] : [unit], Date.now());
	}

	async #drain() {
		if (this.#draining) return;
		this.#draining = true;
		while (this.#pending.size > 0) {
			if (this.#pending.size > MANY) {
				this.#pending.clear();
				await this.#catchUp();
			} else {
				const ids = [...this.#pending].slice(0, AT_ONCE);
				for (const id of ids) this.#pending.delete(id);
				await Promise.all(ids.map((id) => this.#read(id)));
			}
		}
		this.#draining = false;
		if (!this.stale) live.settled();
	}

	async #read(id: number) {
		try {
			this.learn(await api.report(id, open()));
		} catch (cause) {
			const { status } = asRefusal(cause);
			// Gone to somebody else's ground; anything else is asked again.
			if (status === 404) this.#forget(id);
			else this.stale = true;
			if (status === 0) live.lost();
		}
	}

	#forget(id: number) {
		this.lost = new Set([...this.lost, id]);
		this.held = this.held.filter((row) => row.id !== id);
	}

	/** Puts what is known of a report where it is shown. */
	learn(report: api.Report) {
		const codes = report.chain.map(({ code }) => code);
		const belongs = fits(this.queue, report, codes, Date.now());
		this.#put(report, belongs);
		for (const ear of this.#ears) ear(report, belongs);
	}

	#put(row: Row, belongs: boolean) {
		const known = this.rows.some(({ id }) => id === row.id);
		if (known || (belongs && !this.#inHand)) {
			this.rows = placed(this.rows, row, this.queue.order, this.more);
		} else if (belongs) {
			this.held = placed(this.held, row, this.queue.order, false);
		} else {
			this.held = this.held.filter(({ id }) => id !== row.id);
		}
	}

	/** The list is under somebody's hand: its rows stay where they are. */
	hold(on: boolean) {
		this.#inHand = on;
		if (!on) this.release();
	}

	/** Puts in what came meanwhile. */
	release() {
		for (const row of this.held) {
			this.rows = placed(this.rows, row, this.queue.order, this.more);
		}
		this.held = [];
	}

	/** The counts are asked for again, soon. */
	stir() {
		if (this.#timer !== 0) return;
		this.#timer = window.setTimeout(() => {
			this.#timer = 0;
			this.beats += 1;
			void this.#count();
		}, COUNT_MS);
	}

	async #count() {
		if (!person.reports || this.#counting) return;
		this.#counting = true;
		const queue = this.queue;
		const page = { limit: 1, cursor: null, bbox: null };
		try {
			const [collected, unsure, all] = await Promise.all([
				api.countOf({ stage: "collected" }, open()),
				api.countOf({ stage: "dispatched,handled", needs_confirmation: "true" }, open()),
				this.shown ? api.list(queue, page, open()) : null,
			]);
			this.waiting = collected + unsure;
			if (all && queue === this.queue) this.total = all.total;
		} catch {
			// The badge says that the server is away; the counts are asked for again with the next event.
		}
		this.#counting = false;
	}

	find(id: number): Row | null {
		return this.rows.find((row) => row.id === id) ?? null;
	}

	/** The neighbour in the list, for the keys. */
	step(by: 1 | -1): Row | null {
		return beside(this.rows, page.route.report ?? page.reportPointed, by);
	}
}

export const reports = new Reports();
