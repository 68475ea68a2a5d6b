import { page } from "./page.svelte";
import { reportCard } from "./reportCard.svelte";
import { reports } from "./reports.svelte";

/** To the neighbour in the queue: opened where a card is open, else only pointed at. */
export function stepReports(by: 1 | -1) {
	const row = reports.step(by);
	if (!row) return;
	if (page.report !== null) page.openReport(row.id, "replace");
	else page.pointReport(row.id);
	document.querySelector<HTMLElement>(`[data-report="${row.id}"]`)?.focus();
}

/** The keys of the queue; whether this was one. */
export function reportKey(event: KeyboardEvent): boolean {
	if (page.tab !== "queue" || event.ctrlKey || event.metaKey || event.altKey) return false;
	const { target } = event;
	// The map has the arrows while it has the focus.
	if (target instanceof HTMLCanvasElement && event.key.startsWith("Arrow")) return false;
	switch (event.key) {
		case "ArrowDown":
			stepReports(1);
			return true;
		case "ArrowUp":
			stepReports(-1);
			return true;
		case "Enter": {
			const pointed = page.reportPointed;
			if (pointed === null || target instanceof HTMLButtonElement) return false;
			page.openReport(pointed);
			return true;
		}
		case "u":
			return reportCard.undo();
		case "n":
			reports.release();
			return true;
		default:
			return reportCard.press(event.key.toLowerCase());
	}
}
