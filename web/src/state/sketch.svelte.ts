import type { Refusal } from "../api/client";
import * as api from "../api/drafts";
import { draws, gathers, type Keep, type Tool } from "../core/ask";
import { barred } from "../core/rights";
import {
	type Border,
	closedOn,
	degreesPerPixel,
	held,
	isOn,
	type LonLat,
	nodesOf,
	type Snap,
	snapTo,
	thinned,
	tidy,
	unitAt,
} from "../core/sketch";
import { traced } from "../core/trace";
import { newNameOf, operationsOf } from "./asking";
import { desk } from "./desk.svelte";
import { guides } from "./guides.svelte";
import { asRefusal } from "./load.svelte";
import { page } from "./page.svelte";
import { person } from "./session.svelte";

/** Pixels within which the pointer is drawn to a border. */
const REACH = 11;
/** Pixels within which a line is followed: a click need not be exact. */
const FOLLOW = 24;
/** A line drawn by hand keeps a vertex where it bends by more pixels than this. */
const BEND = 1.5;
const WAIT_MS = 60;
/** From this zoom on borders can be told apart and are drawn on. */
export const LEAST_ZOOM = 12;

/** What is in the planner's hand: a tool, a line, units, and what the server says it would do. */
class Sketch {
	tool = $state<Tool>("redraw");
	path = $state.raw<readonly LonLat[]>([]);
	finished = $state(false);
	border = $state.raw<Border | null>(null);
	pointer = $state.raw<LonLat | null>(null);
	snap = $state.raw<Snap | null>(null);
	snapping = $state(true);
	/** Between two places the path follows what may be drawn along. */
	tracing = $state(false);
	/** The way along it from the last place to the pointer. */
	lead = $state.raw<readonly LonLat[]>([]);
	units = $state.raw<readonly api.Parted[]>([]);
	name = $state("");
	code = $state("");
	keep = $state<Keep>("larger");
	parent = $state<string | null>(null);
	reading = $state<number | null>(null);
	/** The vertex that is moved. */
	node = $state.raw<LonLat | null>(null);
	near = $state.raw<api.Nearby | null>(null);
	preview = $state.raw<api.Drawn | null>(null);
	/** The operation that the preview is of. */
	asked = $state.raw<api.Operation | null>(null);
	refusal = $state.raw<Refusal | null>(null);
	trying = $state(false);
	/** A line is drawn with the button held. */
	held = $state(false);
	#timer = 0;
	/** How many places the path had before each step. */
	#marks: number[] = [];
	#trial = new AbortController();
	#look = new AbortController();

	nodes = $derived(nodesOf(this.near?.borders ?? []));
	busy = $derived(this.path.length > 0 || this.units.length > 0 || this.node !== null);
	/** Why whoever looks may not draw on the draft, though it is open. */
	barred = $derived(desk.draft && desk.open ? barred(person.session, desk.draft) : null);
	/** The draft's own author may draw on it while it is open. */
	allowed = $derived(
		page.screen === "edit" &&
			desk.open &&
			this.barred === null &&
			desk.conflicts.length === 0 &&
			!page.media.phone,
	);
	close = $derived((page.route.view?.zoom ?? 0) >= LEAST_ZOOM);

	unit(id: number | null): api.Parted | null {
		return this.near?.units.find((unit) => unit.id === id) ?? null;
	}

	async look(box: api.Box) {
		const id = desk.draft?.id;
		if (id === undefined) return;
		this.#look.abort();
		this.#look = new AbortController();
		const { signal } = this.#look;
		try {
			const near = await api.borders(id, box, signal);
			if (!signal.aborted) this.near = near;
		} catch (cause) {
			if (!signal.aborted) this.refusal = asRefusal(cause);
		}
	}

	take(tool: Tool) {
		this.drop();
		this.tool = tool;
	}

	toggleSnapping() {
		this.snapping = !this.snapping;
		this.snap = null;
	}

	/** Turns tracing on or off; a tool that draws no line gives way to the one that redraws. */
	toggleTracing() {
		this.tracing = !this.tracing;
		if (this.tracing && !draws(this.tool)) this.take("redraw");
		if (this.tracing && guides.any) page.showLines(true);
		if (this.pointer) this.move(this.pointer);
	}

	/** The way to a place along what may be followed; nothing when there is none. */
	#along(to: LonLat): LonLat[] {
		const last = this.path.at(-1);
		if (!this.tracing || !last || this.held) return [];
		const reach = FOLLOW * degreesPerPixel(page.route.view?.zoom ?? 0);
		return traced(guides.net, last, to, reach) ?? [];
	}

	/** Lets go of what is in hand; the tool stays. */
	drop() {
		clearTimeout(this.#timer);
		this.#trial.abort();
		this.path = [];
		this.lead = [];
		this.#marks = [];
		this.finished = false;
		this.border = null;
		this.units = [];
		this.node = null;
		this.parent = null;
		this.reading = null;
		this.keep = "larger";
		this.preview = null;
		this.asked = null;
		this.refusal = null;
		this.trying = false;
		this.held = false;
	}

	#snapped(at: LonLat): Snap | null {
		const zoom = page.route.view?.zoom ?? 0;
		if (!this.snapping || !this.near || !this.close) return null;
		return snapTo(
			at,
			this.near.borders,
			this.nodes,
			REACH * degreesPerPixel(zoom),
			guides.all,
			this.tracing,
		);
	}

	/** Whether a drag from here draws; otherwise it moves the map. */
	down(at: LonLat): boolean {
		if (!this.close || this.finished) return false;
		const snap = this.#snapped(at);
		if (this.tool === "vertex") {
			if (!snap || (snap.kind !== "node" && snap.kind !== "vertex")) return false;
			this.node = snap.at;
			this.held = true;
			return true;
		}
		if (!draws(this.tool)) return false;
		const starts = this.path.length === 0 && snap?.border != null && this.tool !== "transfer";
		if (!starts && this.path.length === 0) return false;
		this.held = true;
		if (starts) this.#put(at);
		return true;
	}

	move(at: LonLat) {
		this.snap = this.#snapped(at);
		this.pointer = this.snap?.at ?? held(at);
		if (this.finished) return;
		this.lead = this.#along(this.pointer);
		if (this.path.length > 0 || this.node) this.#later();
	}

	drag(at: LonLat) {
		this.move(at);
		if (!this.held || this.tool === "vertex" || this.finished) return;
		// The line by hand is not bent by what it passes; its ends are put on borders.
		this.path = [...this.path, held(at)];
		this.#later();
	}

	/** The end of a drag. */
	release(at: LonLat) {
		if (!this.held) return;
		this.held = false;
		if (this.tool === "vertex") {
			this.pointer = held(at);
			this.finished = true;
			this.#later(0);
			return;
		}
		const zoom = page.route.view?.zoom ?? 0;
		this.path = thinned(this.path, BEND * degreesPerPixel(zoom));
		this.#put(at);
		if (this.snap && this.path.length > 2) this.finish();
	}

	click(at: LonLat) {
		this.held = false;
		if (!this.close) return;
		if (this.tool === "transfer" && this.finished) this.#gather(at);
		else if (this.tool === "vertex") this.node = null;
		else if (draws(this.tool)) {
			if (!this.finished) this.#put(at);
			if (this.#closes()) this.finish();
		} else this.#gather(at);
	}

	/** Whether the line has come to a border where it can only end: one more key would say nothing new. */
	#closes(): boolean {
		const last = this.path.at(-1);
		if (!last || !this.snap?.border) return false;
		if (this.tool === "split") return this.path.length > 1;
		const back = this.border !== null && isOn(last, this.border);
		return this.tool === "redraw" && this.path.length > 2 && back;
	}

	#put(at: LonLat) {
		const snap = this.#snapped(at);
		const place = snap?.at ?? held(at);
		if (this.path.length === 0) {
			if (this.tool !== "transfer") {
				if (!snap?.border) {
					page.say(page.text.edit.startOnBorder);
					return;
				}
				this.border = snap.border;
			}
		} else if (snap?.border && this.path[0] && isOn(this.path[0], snap.border)) {
			// From a node several borders lead away: the one where the path ends is meant.
			this.border = snap.border;
		}
		this.#marks.push(this.path.length);
		this.path = tidy([...this.path, ...this.#along(place), place]);
		this.lead = [];
		this.snap = snap;
		this.#later(0);
	}

	#gather(at: LonLat) {
		const unit = this.unit(unitAt(at, this.near?.borders ?? []));
		if (!unit) return;
		const had = this.units.some(({ id }) => id === unit.id);
		if (gathers(this.tool)) {
			this.units = had ? this.units.filter(({ id }) => id !== unit.id) : [...this.units, unit];
		} else {
			this.units = [unit];
			this.name = unit.name;
			this.code = unit.code;
		}
		this.#later(0);
	}

	/** The last step back: a vertex of the line, then all of it. */
	stepBack(): boolean {
		if (this.finished) {
			this.finished = false;
			this.#later(0);
			return true;
		}
		if (this.path.length === 0) return false;
		// What was followed in one step goes in one.
		const mark = this.#marks.pop() ?? this.path.length - 1;
		this.path = this.path.slice(0, Math.min(mark, this.path.length - 1));
		this.lead = [];
		if (this.path.length === 0) this.drop();
		else this.#later(0);
		return true;
	}

	finish() {
		if (this.path.length < 2) return;
		if (this.tool === "redraw" && this.border) this.path = closedOn(this.path, this.border);
		if (this.tool === "split" && this.snap && this.pointer) {
			this.path = tidy([...this.path, ...this.#along(this.pointer), this.pointer]);
		}
		this.lead = [];
		this.finished = true;
		if (this.tool === "split") {
			this.name = newNameOf(this);
		}
		this.#later(0);
	}

	/** Asks again, after a moment, what the thing in hand would do. */
	changed() {
		this.#later(WAIT_MS * 3);
	}

	#later(wait = WAIT_MS) {
		clearTimeout(this.#timer);
		this.#timer = window.setTimeout(() => void this.#try(), wait);
	}

	/** Only the last answer counts. */
	async #try() {
		const id = desk.draft?.id;
		const operations = operationsOf(this);
		if (id === undefined || operations.length === 0) {
			this.#trial.abort();
			this.preview = null;
			this.asked = null;
			this.refusal = null;
			this.trying = false;
			return;
		}
		this.#trial.abort();
		this.#trial = new AbortController();
		const { signal } = this.#trial;
		this.trying = true;
		let first: Refusal | null = null;
		for (const operation of operations) {
			try {
				const drawn = await api.preview(id, operation, signal);
				if (signal.aborted) return;
				[this.preview, this.asked, this.refusal, this.trying] = [drawn, operation, null, false];
				return;
			} catch (cause) {
				if (signal.aborted) return;
				first ??= asRefusal(cause);
			}
		}
		[this.preview, this.asked, this.refusal, this.trying] = [null, null, first, false];
	}

	/** The other of two readings. */
	turn() {
		this.reading = this.reading === 1 ? null : 1;
		this.#later(0);
	}

	/** Puts what is in hand into the draft. */
	async save() {
		if (desk.busy) return;
		clearTimeout(this.#timer);
		await this.#try();
		const { asked } = this;
		if (!asked || this.refusal) return;
		const drawn = await desk.add(asked);
		// Somebody quick may have the next thing in hand already.
		if (drawn && this.asked === asked) this.drop();
	}

	/** Enter: the line ends; once more, and it is part of the draft. */
	enter() {
		if (draws(this.tool) && !this.finished) this.finish();
		else void this.save();
	}
}

export const sketch = new Sketch();
