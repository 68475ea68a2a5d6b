/** A cell that a spreadsheet would run as a formula is made text; then quoted where needed. */
function cell(value: string): string {
	const safe = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180 with a byte order mark, so that Excel reads the Chinese. */
export function csv(head: readonly string[], rows: readonly (readonly string[])[]): string {
	return `\uFEFF${[head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** For the clipboard: tabs, no line breaks inside a cell. */
export function tsv(head: readonly string[], rows: readonly (readonly string[])[]): string {
	return [head, ...rows]
		.map((row) => row.map((value) => value.replace(/[\t\r\n]+/g, " ")).join("\t"))
		.join("\n");
}
