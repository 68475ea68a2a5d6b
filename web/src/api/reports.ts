import type { Borders, Level } from "../core/figures";
import type { Written } from "../core/outbox";
import { asked, type Queue, type Stage, sinceOf } from "../core/queue";
import type { Layer } from "../core/route";
import type { Step } from "../core/steps";
import { get, post, postKeyed } from "./client";
import type { components } from "./schema";
import type { Link, Listing, Outcome } from "./shapes";

type Schemas = components["schemas"];
/** A shape of the server, with the words that it has for some members. */
type With<T, Narrow> = Omit<T, keyof Narrow> & Narrow;

type Assigned = With<
	Schemas["AssignedView"],
	{ layer: Layer; reason: "filed" | "boundary" | "manual" }
>;

/** A report as lists have it. */
export type Summary = With<
	Schemas["ReportSummary"],
	{ stage: Stage; position: [number, number]; assigned: Assigned | null }
>;

export type Trace = With<
	Schemas["StepView"],
	{ kind: "created" | "staged" | "transferred" | "moved" | "flagged" }
>;

/** All that is known of one. */
export type Report = With<
	Schemas["Report"],
	{
		stage: Stage;
		position: [number, number];
		assigned: Assigned | null;
		outcome: Outcome;
		chain: Link[];
		next: Step[];
		trail: Trace[];
	}
>;

/** The answer to a report that was sent. */
export type Filed = Required<Schemas["FiledReport"]>;

/** A source, and whether its positions are of another system than it declares. */
export type Source = Schemas["ReportSource"];

export type Stat = Schemas["UnitRow"];
export type Stats = Schemas["ReportFigures"];

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

/** Where the tiles are in which the server heaps the queue up; another `turn` asks for all of them anew. */
export function heaps(queue: Queue, turn: number): string {
	const narrowed = Object.entries(asked(queue, Date.now())).filter(([, value]) => value !== null);
	const query = new URLSearchParams(narrowed as [string, string][]);
	return `${location.origin}/tiles/report/{z}/{x}/{y}.mvt?${query}#${turn}`;
}

/** How many there are of a kind. */
export async function countOf(query: Record<string, string>, signal: AbortSignal): Promise<number> {
	return (await get<Listing<Summary>>(PATH, { ...query, limit: 1 }, signal)).total;
}

export function sources(signal: AbortSignal): Promise<Listing<Source>> {
	return get(`${PATH}/sources`, {}, signal);
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
