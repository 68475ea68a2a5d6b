import type { Refusal } from "../api/client";
import * as api from "../api/reports";
import type { Unit, UnitFeature } from "../api/shapes";
import { neighbours, unit } from "../api/units";
import type { Hit } from "../core/hit";
import type { Stage } from "../core/queue";
import type { Layer, UnitKey } from "../core/route";
import { inOrder, type StepName, stepName, stepOfKey, undoing } from "../core/steps";
import { asRefusal, Loader } from "./load.svelte";
import { page } from "./page.svelte";
import { reports } from "./reports.svelte";

/** What is being filled in beside the card. */
export type Hand =
	| { kind: "nothing" }
	| { kind: "step"; to: Stage; name: StepName }
	| { kind: "transfer"; target: (UnitKey & { name: string }) | null };

/** What was just done, and how it is taken back. */
export interface Done {
	number: string;
	name: StepName | "transfer";
	undo: (() => Promise<void>) | null;
}

const LOWEST: Record<Layer, string> = { land: "grid", water: "water", police: "police" };

const open = () => new AbortController().signal;

/** The report that is open, and the steps that are taken with it. */
class ReportCard {
	loader = new Loader<number, api.Report>(api.report);
	around = new Loader<UnitKey, readonly Unit[]>(
		async (key, signal) => (await neighbours(key, signal)).items,
	);
	hand = $state.raw<Hand>({ kind: "nothing" });
	busy = $state(false);
	complaint = $state.raw<Refusal | null>(null);
	done = $state.raw<Done | null>(null);
	/** What came in over the line is newer than what was asked for. */
	#told = $state.raw<api.Report | null>(null);

	report = $derived.by(() => {
		const { report } = page.route;
		const found = this.#told?.id === report ? this.#told : this.loader.value;
		// What was open before is not worked on by mistake while the next is on its way.
		return found !== null && found.id === report ? found : null;
	});
	steps = $derived(this.report ? inOrder(this.report.stage, this.report.next) : []);
	/** The unit that it is assigned to, while it can be given to another. */
	movable = $derived.by((): UnitKey | null => {
		const { report } = this;
		if (!report?.may_transfer) return null;
		const { layer, code } = report.assigned ?? { layer: "land" as const, code: "" };
		return { layer, code };
	});

	constructor() {
		reports.onRead((report) => {
			if (report.id === page.route.report) this.#told = report;
		});
	}

	show(id: number) {
		this.drop();
		this.#told = null;
		void this.loader.load(id);
	}

	leave() {
		this.drop();
		this.#told = null;
		this.loader.clear();
	}

	/** Lets go of what is being filled in. */
	drop() {
		this.hand = { kind: "nothing" };
		this.complaint = null;
		page.point(null);
	}

	/** Takes a step, or asks for the words that it needs. */
	begin(to: Stage, comment: "required" | "optional") {
		const { report } = this;
		const name = report && stepName(report.stage, to);
		if (!report || !name || this.busy) return;
		this.complaint = null;
		if (comment === "required") this.hand = { kind: "step", to, name };
		else void this.take(to, "");
	}

	/** Whether a key of the triage took a step. */
	press(key: string): boolean {
		const { report } = this;
		if (!report || this.hand.kind !== "nothing") return false;
		if (key === "m" && this.movable) {
			this.beginTransfer();
			return true;
		}
		const step = stepOfKey(key, report.stage, report.next);
		if (!step) return false;
		this.begin(step.to, step.comment);
		return true;
	}

	async #write(write: (report: api.Report) => Promise<api.Report>): Promise<api.Report | null> {
		const { report } = this;
		if (!report || this.busy) return null;
		this.busy = true;
		this.complaint = null;
		try {
			const answer = await write(report);
			reports.learn(answer);
			reports.stir();
			return answer;
		} catch (cause) {
			this.complaint = asRefusal(cause);
			// Somebody else was first: what it is now is shown beside the reason.
			if (this.complaint.status === 409) void this.loader.load(report.id);
			return null;
		} finally {
			this.busy = false;
		}
	}

	async take(to: Stage, comment: string): Promise<void> {
		const from = this.report?.stage;
		const name = from && stepName(from, to);
		const answer = await this.#write(({ id }) =>
			api.take(id, { to, ...(comment === "" ? {} : { comment }) }, open()),
		);
		if (!answer || !from || !name) return;
		this.hand = { kind: "nothing" };
		const back = undoing(from, answer.next);
		const undo = async () => {
			this.done = null;
			const step = { to: from, comment: page.text.reports.takenBack };
			await this.#write(() => api.take(answer.id, step, open()));
		};
		this.done = { number: answer.number, name, undo: back ? undo : null };
	}

	beginTransfer() {
		const { movable } = this;
		if (!movable) return;
		this.complaint = null;
		this.hand = { kind: "transfer", target: null };
		if (movable.code !== "") void this.around.load(movable);
	}

	/** The unit that the report is to go to. */
	aim(target: UnitKey & { name: string }) {
		if (this.hand.kind === "transfer") this.hand = { kind: "transfer", target };
	}

	/** A click on the map names the unit there, of the layer and level of the one that has it. */
	aimAt(hits: readonly Hit[]) {
		const { movable } = this;
		if (!movable) return;
		const level = LOWEST[movable.layer];
		const hit = hits.find((one) => one.key.layer === movable.layer && one.level === level);
		if (hit) this.aim({ ...hit.key, name: hit.name });
	}

	async transfer(reason: string): Promise<void> {
		const { hand, report } = this;
		if (hand.kind !== "transfer" || !hand.target) return;
		const { layer, code } = hand.target;
		const before = report?.assigned ?? null;
		const answer = await this.#write(({ id }) =>
			api.transfer(id, { to: code, layer, reason }, open()),
		);
		if (!answer) return;
		this.drop();
		const undo = async () => {
			if (!before) return;
			this.done = null;
			const to = { to: before.code, layer: before.layer, reason: page.text.reports.takenBack };
			await this.#write(() => api.transfer(answer.id, to, open()));
		};
		this.done = { number: answer.number, name: "transfer", undo: before ? undo : null };
	}

	undo(): boolean {
		const undo = this.done?.undo;
		if (!undo || this.busy) return false;
		void undo();
		return true;
	}

	forgetDone() {
		this.done = null;
	}
}

export const reportCard = new ReportCard();

/** The unit that answers for a report, with its outline. */
export const assignedGround = new Loader<UnitKey, UnitFeature[]>(async (key, signal) => [
	await unit(key, signal),
]);
