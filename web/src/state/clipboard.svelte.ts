import { page } from "./page.svelte";

/** Copies text and says so; where the browser refuses (no secure context), an old way is tried first. */
class Copied {
	async copy(value: string, done: string) {
		const ok = (await this.#modern(value)) || this.#old(value);
		page.say(ok ? done : page.text.card.copyFailed);
	}

	async #modern(value: string): Promise<boolean> {
		try {
			await navigator.clipboard.writeText(value);
			return true;
		} catch {
			return false;
		}
	}

	#old(value: string): boolean {
		const area = document.createElement("textarea");
		area.value = value;
		area.style.position = "fixed";
		area.style.opacity = "0";
		document.body.append(area);
		area.select();
		const ok = document.execCommand("copy");
		area.remove();
		return ok;
	}
}

export const copied = new Copied();
