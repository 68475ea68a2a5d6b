import { toolOf } from "../core/ask";
import { desk } from "./desk.svelte";
import { sketch } from "./sketch.svelte";

/** The keys of the edit screen; whether this was one. */
export function sketchKey(event: KeyboardEvent): boolean {
	const control = event.ctrlKey || event.metaKey;
	const letter = event.key.toLowerCase();
	if (control) {
		if (letter === "z" && !event.shiftKey) {
			if (!sketch.stepBack()) void desk.undo();
			return true;
		}
		if (letter === "y" || (letter === "z" && event.shiftKey)) {
			void desk.redo();
			return true;
		}
		return false;
	}
	if (event.key === "Enter") {
		if (!sketch.busy || event.target instanceof HTMLButtonElement) return false;
		sketch.enter();
		return true;
	}
	if (event.key === "Backspace") return sketch.stepBack();
	if (event.key === "Escape" && sketch.busy) {
		sketch.drop();
		return true;
	}
	if (event.key === "Tab" && sketch.preview?.other) {
		sketch.turn();
		return true;
	}
	if (event.key === "Tab" && sketch.reading !== null) {
		sketch.turn();
		return true;
	}
	if (letter === "s") {
		sketch.toggleSnapping();
		return true;
	}
	if (letter === "f") {
		sketch.toggleTracing();
		return true;
	}
	const tool = toolOf(letter);
	if (tool) sketch.take(tool);
	return tool !== null;
}
