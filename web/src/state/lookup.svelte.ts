import type { Refusal } from "../api/client";
import { locate, locateMany } from "../api/locate";
import type { Located, Row } from "../api/shapes";
import { type CrsId, formOf, plausible } from "../core/crs";
import { pool } from "../core/pool";
import { type Line, type Pair, read } from "../core/position";
import { asRefusal } from "./load.svelte";

/** One line with what became of it. Small tables are asked one by one and know their chain; large ones only codes. */
export interface Entry {
	line: Line;
	located: Located | null;
	row: Row | null;
	refusal: Refusal | null;
}

/** What the text means in one coordinate system (or several that mean the same here). */
export interface Reading {
	letter: string;
	crs: CrsId[];
	entries: Entry[];
	inside: number;
}

export type Answer =
	| { kind: "nothing" }
	| { kind: "one"; crs: CrsId; entry: Entry }
	| { kind: "readings"; inside: Reading[]; outside: Reading[]; points: number }
	| { kind: "table"; crs: CrsId; entries: Entry[]; complete: boolean }
	| { kind: "mixed" }
	| { kind: "wrong_form"; crs: CrsId };

/** What goes with every position of a question. */
export interface Terms {
	accuracy: number | null;
	category: string | null;
}

export interface Question extends Terms {
	text: string;
	crs: CrsId | null;
}

/** Up to so many points are asked one by one, which also gives names, distances and posts. */
const ONE_BY_ONE = 60;
const AT_ONCE = 6;

const isPair = (line: Line): line is Pair => line.kind === "pair";

function blank(line: Line): Entry {
	return { line, located: null, row: null, refusal: null };
}

async function askOne(line: Line, crs: CrsId, terms: Terms, signal: AbortSignal): Promise<Entry> {
	if (!isPair(line)) return blank(line);
	try {
		const located = await locate({ east: line.east, north: line.north, crs, ...terms }, signal);
		return { ...blank(line), located };
	} catch (cause) {
		if (signal.aborted) throw cause;
		return { ...blank(line), refusal: asRefusal(cause) };
	}
}

async function askMany(
	lines: readonly Line[],
	crs: CrsId,
	category: string | null,
	signal: AbortSignal,
	progress: (done: number) => void,
): Promise<Entry[]> {
	const pairs = lines.filter(isPair);
	const points = pairs.map((pair) => [pair.east, pair.north] as const);
	const rows = await locateMany(crs, category, points, signal, progress);
	const byLine = new Map(pairs.map((pair, i) => [pair.line, rows[i] ?? null]));
	return lines.map((line) => ({ ...blank(line), row: byLine.get(line.line) ?? null }));
}

export function outcomeOf(entry: Entry) {
	return entry.located?.outcome ?? entry.row?.outcome ?? null;
}

function insideOf(entries: readonly Entry[]): number {
	return entries.filter((entry) => outcomeOf(entry) === "inside").length;
}

/** Readings that put every point at the same place are one: 4546 and 4508 near 111° E. */
function merged(readings: readonly Reading[]): Reading[] {
	const byPlace = new Map<string, Reading>();
	for (const reading of readings) {
		const place = reading.entries
			.map(
				({ located, row }) =>
					located?.position.join() ?? `${row?.land}/${row?.water}/${row?.police}`,
			)
			.join(";");
		const same = byPlace.get(place);
		if (same) same.crs.push(...reading.crs);
		else byPlace.set(place, { ...reading, crs: [...reading.crs] });
	}
	return [...byPlace.values()];
}

/** The answer to what is on the lookup screen. */
class Lookup {
	answer = $state.raw<Answer>({ kind: "nothing" });
	waiting = $state(false);
	refusal = $state.raw<Refusal | null>(null);
	done = $state(0);
	total = $state(0);
	/** The line that is pointed at or chosen in the table. */
	line = $state<number | null>(null);
	#controller: AbortController | null = null;

	point(line: number | null) {
		this.line = line;
	}

	cancel() {
		this.#controller?.abort();
		this.waiting = false;
	}

	async ask(question: Question): Promise<void> {
		this.#controller?.abort();
		const controller = new AbortController();
		this.#controller = controller;
		this.refusal = null;
		this.line = null;
		const lines = read(question.text);
		const pairs = lines.filter(isPair);
		this.done = 0;
		this.total = pairs.length;
		if (lines.length === 0) {
			this.answer = { kind: "nothing" };
			this.waiting = false;
			return;
		}
		this.waiting = true;
		try {
			const answer = await this.#answer(lines, pairs, question, controller.signal);
			if (!controller.signal.aborted) this.answer = answer;
		} catch (cause) {
			if (!controller.signal.aborted) this.refusal = asRefusal(cause);
		} finally {
			if (this.#controller === controller) this.waiting = false;
		}
	}

	async #answer(
		lines: Line[],
		pairs: Pair[],
		question: Question,
		signal: AbortSignal,
	): Promise<Answer> {
		const { crs, accuracy, category } = question;
		const terms = { accuracy, category };
		const [first] = pairs;
		const form = first?.form ?? "geographic";
		if (pairs.some((pair) => pair.form !== form)) return { kind: "mixed" };
		if (first && crs !== null) {
			if (formOf(crs) !== form) return { kind: "wrong_form", crs };
			return this.#known(lines, crs, terms, signal);
		}
		if (!first)
			return { kind: "table", crs: "cgcs2000", entries: lines.map(blank), complete: true };
		return this.#open(lines, plausible(first.east, form), terms, signal);
	}

	async #known(lines: Line[], crs: CrsId, terms: Terms, signal: AbortSignal): Promise<Answer> {
		const [only] = lines;
		if (only && lines.length === 1) {
			return { kind: "one", crs, entry: await askOne(only, crs, terms, signal) };
		}
		const entries = await this.#entries(lines, crs, terms, signal);
		return { kind: "table", crs, entries, complete: true };
	}

	#entries(lines: Line[], crs: CrsId, terms: Terms, signal: AbortSignal): Promise<Entry[]> {
		if (lines.length > ONE_BY_ONE) {
			return askMany(lines, crs, terms.category, signal, (done) => {
				this.done = done;
			});
		}
		return pool(lines, AT_ONCE, (line) => askOne(line, crs, terms, signal));
	}

	/** All systems that the numbers can belong to, side by side; none is chosen. */
	async #open(lines: Line[], systems: CrsId[], terms: Terms, signal: AbortSignal): Promise<Answer> {
		const readings: Reading[] = [];
		for (const crs of systems) {
			const entries = await this.#entries(lines, crs, terms, signal);
			readings.push({ letter: "", crs: [crs], entries, inside: insideOf(entries) });
		}
		const distinct = merged(readings);
		const inside = distinct.filter((reading) => reading.inside > 0);
		const outside = distinct.filter((reading) => reading.inside === 0);
		inside.forEach((reading, i) => {
			reading.letter = "ABCDE"[i] ?? "";
		});
		return { kind: "readings", inside, outside, points: lines.filter(isPair).length };
	}
}

export const lookup = new Lookup();
