/** The stages of a report, first to last. */
export const STAGES = ["collected", "dispatched", "handled", "closed", "assessed"] as const;
export type Stage = (typeof STAGES)[number];

/** Those in which somebody still has something to do. */
export const OPEN: readonly Stage[] = ["collected", "dispatched", "handled"];

/** What the queue may be narrowed to. */
export const STAGE_CHOICES = ["open", "all", ...STAGES] as const;
export type StageChoice = (typeof STAGE_CHOICES)[number];

export const QUEUE_ORDERS = ["newest", "due"] as const;
export type QueueOrder = (typeof QUEUE_ORDERS)[number];

/** How far back the queue may be asked to look, in hours. */
export const SPANS = [1, 24, 168, 720] as const;

/** Which reports are listed, and how. */
export interface Queue {
	stage: StageChoice;
	category: string | null;
	/** The code of a unit of any level: what is assigned to it or to units below it. */
	unit: string | null;
	confirm: boolean;
	overdue: boolean;
	flagged: boolean;
	/** Received in the last so many hours; null: at any time. */
	hours: number | null;
	order: QueueOrder;
}

export const START_QUEUE: Queue = {
	stage: "open",
	category: null,
	unit: null,
	confirm: false,
	overdue: false,
	flagged: false,
	hours: null,
	order: "newest",
};

const oneOf = <T extends string>(all: readonly T[], text: string | null): T | null =>
	all.find((one) => one === text) ?? null;

export function readHours(text: string | null): number | null {
	return /^[1-9]\d{0,4}$/.test(text ?? "") ? Number(text) : null;
}

/** Reads the queue out of an address; what cannot be understood has its start value. */
export function readQueue(params: URLSearchParams): Queue {
	return {
		stage: oneOf(STAGE_CHOICES, params.get("stage")) ?? START_QUEUE.stage,
		category: params.get("of"),
		unit: params.get("in"),
		confirm: params.get("confirm") === "1",
		overdue: params.get("overdue") === "1",
		flagged: params.get("flagged") === "1",
		hours: readHours(params.get("hours")),
		order: oneOf(QUEUE_ORDERS, params.get("order")) ?? START_QUEUE.order,
	};
}

/** The inverse of `readQueue`; leaves out what has its start value. */
export function writeQueue(queue: Queue): [string, string][] {
	const params: [string, string][] = [];
	if (queue.stage !== START_QUEUE.stage) params.push(["stage", queue.stage]);
	if (queue.category) params.push(["of", queue.category]);
	if (queue.unit) params.push(["in", queue.unit]);
	for (const name of ["confirm", "overdue", "flagged"] as const) {
		if (queue[name]) params.push([name, "1"]);
	}
	if (queue.hours) params.push(["hours", String(queue.hours)]);
	if (queue.order !== START_QUEUE.order) params.push(["order", queue.order]);
	return params;
}

/** The moment since which the queue looks. */
export function sinceOf(hours: number | null, now: number): string | null {
	return hours === null ? null : new Date(now - hours * 3_600_000).toISOString();
}

type Asked = Record<string, string | null>;

/** The queue as the server is asked for it. */
export function asked(queue: Queue, now: number): Asked {
	const yes = (on: boolean) => (on ? "true" : null);
	return {
		stage: queue.stage === "all" ? null : queue.stage,
		category: queue.category,
		unit: queue.unit,
		needs_confirmation: yes(queue.confirm),
		overdue: yes(queue.overdue),
		flagged: yes(queue.flagged),
		since: sinceOf(queue.hours, now),
	};
}

/** What the queue looks at in a report. */
export interface Queued {
	id: number;
	stage: Stage;
	category: string;
	received_at: string;
	due_at: string;
	needs_confirmation: boolean;
	flagged: boolean;
}

export const isOpen = (stage: Stage) => OPEN.includes(stage);

/** Whether it is still to be dealt with: the time by which it is due runs. */
export const isDue = (stage: Stage) => stage === "collected" || stage === "dispatched";

/** Whether it is still to be dealt with, and late. */
export function isOverdue(report: { stage: Stage; due_at: string }, now: number): boolean {
	return isDue(report.stage) && Date.parse(report.due_at) < now;
}

/** Whether a report belongs in the queue. `codes`: of the unit it is assigned to and of those above it. */
export function fits(queue: Queue, report: Queued, codes: readonly string[], now: number): boolean {
	const staged =
		queue.stage === "all" ||
		(queue.stage === "open" ? isOpen(report.stage) : queue.stage === report.stage);
	const since = queue.hours === null ? null : now - queue.hours * 3_600_000;
	return (
		staged &&
		(queue.category === null || queue.category === report.category) &&
		(queue.unit === null || codes.includes(queue.unit)) &&
		(!queue.confirm || report.needs_confirmation) &&
		(!queue.flagged || report.flagged) &&
		(!queue.overdue || isOverdue(report, now)) &&
		(since === null || Date.parse(report.received_at) >= since)
	);
}

/** Whether the first is listed before the second. */
function before(order: QueueOrder, a: Queued, b: Queued): boolean {
	return order === "newest"
		? Date.parse(a.received_at) > Date.parse(b.received_at)
		: Date.parse(a.due_at) < Date.parse(b.due_at);
}

/**
 * The rows with a report put where it belongs, or in the place that it has already: a row never moves because of what
 * happened to it. `more`: the rows are only the beginning of the queue; what belongs behind them is left out.
 */
export function placed<R extends Queued>(
	rows: readonly R[],
	report: R,
	order: QueueOrder,
	more: boolean,
): readonly R[] {
	if (rows.some(({ id }) => id === report.id)) {
		return rows.map((row) => (row.id === report.id ? report : row));
	}
	const at = rows.findIndex((row) => before(order, report, row));
	if (at >= 0) return [...rows.slice(0, at), report, ...rows.slice(at)];
	return more ? rows : [...rows, report];
}

/** The row `by` steps from the one that is chosen; the first one when none is. */
export function beside<R extends { id: number }>(
	rows: readonly R[],
	id: number | null,
	by: 1 | -1,
): R | null {
	const at = rows.findIndex((row) => row.id === id);
	if (at < 0) return rows[0] ?? null;
	return rows[Math.max(0, Math.min(rows.length - 1, at + by))] ?? null;
}
