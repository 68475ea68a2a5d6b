import type { Box } from "../api/drafts";
import { area } from "../core/format";
import { boxAround, type Wrong } from "../core/issue";
import { desk } from "./desk.svelte";
import { page } from "./page.svelte";
import { defectsOf } from "./saying";
import { sketch } from "./sketch.svelte";

export interface Issue {
	said: string;
	/** It is about what is in hand and not yet in the draft. */
	inHand: boolean;
	/** Where to look; null when it is at no place. */
	box: Box | null;
}

/** All that keeps the draft, or what is in hand, from going on. */
class Issues {
	all = $derived.by((): Issue[] => {
		const { edit, issues: words } = page.text;
		const issue = (said: string, wrong: Wrong, inHand = false): Issue => ({
			said,
			inHand,
			box: boxAround(wrong),
		});
		const refused = sketch.refusal ? defectsOf(sketch.refusal) : [];
		const gap = (m2: number) => {
			const { value, unit } = area(m2);
			return words.gap(`${value} ${unit}`);
		};
		return [
			...refused.map((one) => issue(edit.defects[one.kind] ?? one.detail, one, true)),
			...desk.conflicts.map((one) => issue(edit.conflict[one.kind] ?? one.kind, one)),
			...(desk.impact?.defects ?? []).map((one) => {
				const said =
					one.kind === "gap" && one.area_m2
						? gap(one.area_m2)
						: (edit.defects[one.kind] ?? one.detail);
				return issue(said, one);
			}),
		];
	});
}

export const issues = new Issues();
