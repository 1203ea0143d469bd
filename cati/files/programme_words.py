"""What sheets, headings, types and answers of a programme workbook may be called."""

from __future__ import annotations

from collections.abc import Mapping

SHEETS: Mapping[str, tuple[str, ...]] = {
    "survey": ("调查问卷", "问卷", "题目"),
    "choices": ("选项",),
    "settings": ("表单设置", "设置"),
    "programme": ("方案设置", "方案"),
    "call_hours": ("拨打时间", "访问时段"),
    "units": ("被评单位", "单位"),
    "groups": ("对象类别", "类别"),
    "channels": ("评价方式",),
    "channel_items": ("评价内容",),
    "channel_groups": ("评价主体",),
    "rosters": ("代表名册",),
    "adjustments": ("加减分",),
    "hand_ins": ("报送事项",),
    "areas": ("地区", "覆盖地区"),
    "opinion_codes": ("意见分类",),
    "indicators": ("指标",),
    "relief": ("减免情形",),
    "claims": ("申报数据", "计划与完成"),
}
"""Known sheets by canonical name, with what else they may be called."""

COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "survey": {
        "type": ("题型",),
        "name": ("变量名",),
        "label": ("题目", "题干"),
        "short": ("简称",),
        "hint": ("解释", "提示"),
        "relevant": ("显示条件",),
        "constraint": ("校验",),
        "constraint_message": ("校验提示",),
        "required": ("必答",),
        "calculation": ("计算",),
        "weight": ("权重",),
        "script": ("念法",),
        "disposition": ("结果码",),
        "units": ("单位", "适用单位"),
        "groups": ("对象类别", "适用类别"),
    },
    "choices": {
        "list_name": ("选项组", "list name"),
        "name": ("变量名", "选项名"),
        "label": ("选项", "选项文字"),
        "points": ("分值", "分数"),
        "key": ("按键",),
    },
    "settings": {
        "form_title": ("标题", "方案名称"),
        "form_id": ("编号", "方案编号"),
        "version": ("版本",),
        "default_language": ("默认语言",),
    },
    "programme": {
        "name": ("设置项", "变量名"),
        "value": ("值", "取值"),
        "proposed": ("建议值",),
        "question": ("待定问题", "问题"),
        "source": ("依据", "出处"),
    },
    "call_hours": {
        "groups": ("对象类别",),
        "weekdays": ("星期",),
        "start": ("开始",),
        "end": ("结束",),
    },
    "units": {
        "code": ("编码", "代码"),
        "name": ("名称", "单位名称", "被评单位"),
        "series": ("系列",),
        "alias": ("别名",),
        "not_applicable": ("不适用",),
    },
    "groups": {
        "code": ("编码", "代码"),
        "label": ("名称", "对象类别"),
        "weight": ("权重",),
        "quota": ("配额", "样本量"),
        "minimum_list_size": ("最少报送数", "样本库下限"),
        "alias": ("别名",),
        "series": ("适用系列",),
        "list_kind": ("名单方式",),
        "covers_areas": ("覆盖地区", "须覆盖地区"),
        "minimum_items": ("最少题数",),
    },
    "channels": {
        "code": ("编码", "代码"),
        "label": ("名称", "评价方式"),
        "weight": ("权重",),
        "kind": ("方式",),
        "parent": ("上级",),
        "series": ("适用系列",),
    },
    "channel_items": {
        "channel": ("评价方式",),
        "name": ("变量名",),
        "label": ("内容", "评价内容"),
        "weight": ("权重",),
        "list_name": ("选项组", "list name"),
        "minimum": ("最低分",),
        "maximum": ("最高分",),
    },
    "channel_groups": {
        "channel": ("评价方式",),
        "code": ("编码", "代码"),
        "label": ("名称", "评价主体"),
        "weight": ("权重",),
    },
    "rosters": {
        "channel": ("评价方式",),
        "code": ("编码", "代码"),
        "label": ("名称", "名册"),
        "listed": ("报送人数",),
        "drawn": ("抽取人数",),
    },
    "adjustments": {
        "code": ("编码", "代码"),
        "label": ("名称",),
        "points": ("分值", "分数"),
        "rule": ("规则", "规定"),
        "per": ("计次",),
        "doubled": ("加倍情形",),
        "halved": ("减半情形",),
        "most": ("上限",),
    },
    "hand_ins": {
        "code": ("编码", "代码"),
        "label": ("名称", "报送事项"),
        "kind": ("方式",),
        "ground": ("扣分项",),
        "units": ("报送单位",),
        "deadline": ("期限",),
    },
    "areas": {
        "name": ("名称", "地区"),
        "alias": ("别名",),
    },
    "opinion_codes": {
        "code": ("编码", "代码"),
        "label": ("名称", "类别"),
    },
    "indicators": {
        "code": ("编码", "代码"),
        "label": ("名称", "指标名称"),
        "channel": ("评价方式", "项目"),
        "section": ("一级指标",),
        "points": ("分值", "分数"),
        "collector": ("采集单位", "数据采集责任单位"),
        "leader": ("责任领导",),
        "teams": ("责任科室", "组队"),
    },
    "relief": {
        "code": ("编码", "代码"),
        "label": ("名称", "情形"),
    },
    "claims": {
        "code": ("编码", "代码"),
        "label": ("名称", "项目"),
        "measure": ("计量单位",),
        "planned": ("计划",),
        "done": ("完成", "实际"),
        "figure": ("系统数",),
        "of": ("范围",),
        "source": ("依据", "出处"),
    },
}
"""Known columns of each sheet by canonical heading, with what else they may be headed."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "survey": ("type", "name", "label"),
    "choices": ("list_name", "name", "label"),
    "settings": ("form_title", "form_id", "version"),
    "programme": ("name", "value"),
    "units": ("code", "name", "series"),
    "groups": ("code", "label", "quota"),
    "call_hours": ("weekdays", "start", "end"),
    "channels": ("code", "label", "weight", "kind"),
    "channel_items": ("channel", "name", "label", "weight"),
    "channel_groups": ("channel", "code", "label"),
    "rosters": ("channel", "code", "label", "listed", "drawn"),
    "adjustments": ("code", "label", "points", "rule"),
    "hand_ins": ("code", "label"),
    "areas": ("name",),
    "opinion_codes": ("code", "label"),
    "indicators": ("code", "label", "channel", "points"),
    "relief": ("code", "label"),
    "claims": ("code", "label"),
}
"""Headings without which a sheet cannot be read."""

OPTIONAL_SHEETS = frozenset(
    {
        "call_hours",
        "channels",
        "channel_items",
        "channel_groups",
        "rosters",
        "adjustments",
        "hand_ins",
        "areas",
        "opinion_codes",
        "indicators",
        "relief",
        "claims",
    }
)

TRANSLATED = frozenset({"label", "short", "hint", "constraint_message", "question", "name", "rule"})
LANGUAGES = {"中文": "zh", "汉语": "zh", "chinese": "zh", "英文": "en", "英语": "en", "english": "en"}
XLSFORM_LANGUAGES = {"zh": "中文 (zh)", "en": "English (en)"}

TYPES: Mapping[str, str] = {
    "单选": "select_one",
    "单选题": "select_one",
    "多选": "select_multiple",
    "多选题": "select_multiple",
    "数字": "integer",
    "整数": "integer",
    "小数": "decimal",
    "文本": "text",
    "文字": "text",
    "说明": "note",
    "念读": "note",
    "计算": "calculate",
    "select one": "select_one",
    "select multiple": "select_multiple",
    "string": "text",
    "int": "integer",
}
"""Other words for the types of questions."""

YES = frozenset({"yes", "true", "true()", "1", "是", "必答"})
NO = frozenset({"no", "false", "false()", "0", "否", ""})
