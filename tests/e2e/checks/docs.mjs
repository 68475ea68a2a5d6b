// The description of the interface, for people: it opens, and nothing in it is refused by our own policy.
import assert from "node:assert/strict";
import { shot } from "../lib/browser.mjs";

async function theDocsOpenWithoutTrouble({ open }) {
	const page = await open({ hash: "api/docs/" });
	await page.getByText("/api/v1/units/{layer}/{code}", { exact: true }).waitFor();
	const refused = await page.evaluate(
		() =>
			new Promise((resolve) => {
				const seen = [];
				document.addEventListener("securitypolicyviolation", (event) => seen.push(event.violatedDirective));
				document.querySelector("#operations-locate-locate, .opblock")?.querySelector("button")?.click();
				setTimeout(() => resolve(seen), 1500);
			}),
	);
	assert.deepEqual(refused, []);
	assert.equal(await page.locator(".opblock.is-open").count(), 1);
	await shot(page, "docs-desk-light");
}

export const checks = {
	"the documentation opens without trouble": theDocsOpenWithoutTrouble,
};
