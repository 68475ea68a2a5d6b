import type { Stage } from "./queue";

/** What people call a step from one stage to another. */
export type StepName = "dispatch" | "void" | "handle" | "close" | "return" | "reopen" | "assess";

/** A step that the server offers. */
export interface Step {
	to: Stage;
	comment: "required" | "optional";
}

export function stepName(from: Stage, to: Stage): StepName | null {
	switch (to) {
		case "dispatched":
			if (from === "collected") return "dispatch";
			return from === "handled" ? "return" : "reopen";
		case "handled":
			return "handle";
		case "closed":
			return from === "collected" ? "void" : "close";
		case "assessed":
			return "assess";
		case "collected":
			return null;
		default:
			return to satisfies never;
	}
}

const KEYS: Record<StepName, string> = {
	dispatch: "d",
	handle: "h",
	close: "x",
	void: "x",
	return: "r",
	reopen: "r",
	assess: "a",
};

export const keyOf = (name: StepName) => KEYS[name];

/** The step that a key takes from a stage, if it is among those that are offered. */
export function stepOfKey(key: string, from: Stage, next: readonly Step[]): Step | null {
	return (
		next.find(({ to }) => {
			const name = stepName(from, to);
			return name !== null && KEYS[name] === key;
		}) ?? null
	);
}

/** The likeliest step first: on, before back or out. */
const RANK: readonly StepName[] = [
	"dispatch",
	"handle",
	"close",
	"assess",
	"return",
	"reopen",
	"void",
];

export function inOrder(from: Stage, next: readonly Step[]): (Step & { name: StepName })[] {
	return next
		.flatMap((step) => {
			const name = stepName(from, step.to);
			return name === null ? [] : [{ ...step, name }];
		})
		.sort((a, b) => RANK.indexOf(a.name) - RANK.indexOf(b.name));
}

/** The step that takes back the one from `from`, where there is one; `next`: what may be done now. */
export function undoing(from: Stage, next: readonly Step[]): Step | null {
	return next.find(({ to }) => to === from) ?? null;
}
