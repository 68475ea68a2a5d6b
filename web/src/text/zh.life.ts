/** The words of a unit's life in Chinese. */
export const life = {
	title: "沿革",
	none: "还没有变化。",
	happened: {
		born: "设立",
		revived: "恢复",
		redrawn: "界线调整",
		renamed: "更名",
		recoded: "换码",
		reassigned: "改变隶属",
		changed: "属性变更",
		retired: "注销",
	} as Record<string, string>,
	splitFrom: "划自",
	tookIn: "接收",
	mergedInto: "并入",
	took: "其地划给",
	was: (before: string, after: string) => `${before} → ${after}`,
	by: (author: string, approver: string) =>
		approver === "" || approver === author ? author : `${author} 绘制,${approver} 批准`,
	compare: (n: number) => `版本 ${n}`,
	compareTitle: "看这个版本改了什么",
	show: "看当时",
	atMoment: (n: number, at: string) => `地图是版本 ${n}(${at})时的样子`,
	toNow: "回到现在",
	retired: (code: string) => `代码 ${code} 已停用`,
	successors: "现由以下单元承接",
	noSuccessors: "没有单元承接。",
	wasCode: (code: string, n: number) => `代码 ${code} 已停用,现由以下 ${n} 个单元承接`,
	households: "住户(按面积估算)",
	householdsHint: "假定住户在网格内均匀分布;以实际登记为准。",
	householdsRow: (before: string, after: string) => `${before} → 约 ${after} 户`,
	unknown: "未登记",
};

export type Life = typeof life;
