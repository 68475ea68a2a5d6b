import type { Borders, Counted, Level } from "../core/figures";
import type { Written } from "../core/outbox";
import { asked, type Queue, type Stage, sinceOf } from "../core/queue";
import type { Layer } from "../core/route";
import type { Step } from "../core/steps";
import { get, post, postKeyed } from "./client";
import type { Link, Listing, Outcome } from "./shapes";

export interface Named {
	code: string;
	name: string;
}

export interface Assigned extends Named {
	layer: Layer;
	revision: number;
	reason: "filed" | "boundary" | "manual";
}

/** A report as lists have it. */
export interface Summary {
	id: number;
	number: string;
	stage: Stage;
	category: string;
	position: [number, number];
	occurred_at: string;
	received_at: string;
	due_at: string;
	overdue: boolean;
	text: string | null;
	masked: boolean;
	source: string;
	source_ref: string | null;
	assigned: Assigned | null;
	needs_confirmation: boolean;
	flagged: boolean;
}

export interface Trace {
	seq: number;
	kind: "created" | "staged" | "transferred" | "moved" | "flagged";
	actor: string;
	at: string;
	comment: string | null;
	from: string | null;
	to: string | null;
}

/** All that is known of one. */
export interface Report extends Summary {
	point: { coordinates: [number, number]; crs: string };
	accuracy_m: number | null;
	declared_unit: string | null;
	outcome: Outcome;
	rule: string;
	filed: {
		revision: number;
		unit: (Named & { layer: Layer }) | null;
		land: Named | null;
		water: Named | null;
		police: Named | null;
	};
	/** Whose ground it is by the revision in force. */
	now: (Named & { layer: Layer }) | null;
	/** The police grid there, likewise. */
	police: Named | null;
	chain: Link[];
	/** The steps that whoever asks may take. */
	next: Step[];
	may_transfer: boolean;
	trail: Trace[];
}

/** The answer to a report that was sent. */
export interface Filed {
	id: number;
	number: string;
	needs_confirmation: boolean;
	responsible: (Named & { layer: Layer }) | null;
}

export interface Stat extends Counted {
	name: string | null;
}

/** What all rows add up to. */
export type Whole = Omit<Counted, "code">;

export type Stats = Listing<Stat> & { whole: Whole };

const PATH = "/api/v1/reports";
const one = (id: number) => `${PATH}/${id}`;

export function list(
	queue: Queue,
	page: { limit: number; cursor: string | null; bbox: readonly number[] | null },
	signal: AbortSignal,
): Promise<Listing<Summary>> {
	const { limit, cursor, bbox } = page;
	const query = { ...asked(queue, Date.now()), order: queue.order, limit, cursor };
	return get(PATH, { ...query, bbox: bbox?.map((n) => n.toFixed(6)).join(",") }, signal);
}

/** How many there are of a kind. */
export async function countOf(query: Record<string, string>, signal: AbortSignal): Promise<number> {
	return (await get<Listing<Summary>>(PATH, { ...query, limit: 1 }, signal)).total;
}

export function report(id: number, signal: AbortSignal): Promise<Report> {
	return get(one(id), {}, signal);
}

export function take(
	id: number,
	step: { to: Stage; comment?: string },
	signal: AbortSignal,
): Promise<Report> {
	return post(`${one(id)}/stage`, step, signal);
}

export function transfer(
	id: number,
	to: { to: string; layer: Layer; reason: string },
	signal: AbortSignal,
): Promise<Report> {
	return post(`${one(id)}/transfer`, to, signal);
}

export function send(body: Written, key: string, signal: AbortSignal): Promise<Filed> {
	return postKeyed(PATH, body, key, signal);
}

export interface StatsQuestion {
	level: Level;
	unit: string | null;
	/** Of the last so many hours. */
	period: number | null;
	borders: Borders;
}

/** All units that have reports, in one answer. */
export function stats(question: StatsQuestion, signal: AbortSignal): Promise<Stats> {
	const { level, unit, period, borders } = question;
	const query = { level, unit, borders, since: sinceOf(period, Date.now()) };
	return get(`${PATH}/stats`, query, signal);
}
