"""What investigators write beside the pages: texts in English and Chinese by the page that they belong to.

The texts say what holds whatever the record says. Most are short, some are longer than a variable of SDTM.
"""

from __future__ import annotations

from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True)
class Topic:
    """Comments on one page of the CRF.

    `dated` is the item with the date of a record that a comment names by its number; without it the comment is on
    the page of a visit as a whole. A topic without a form is of the subject, not of a page.
    """

    form: str
    weight: float
    dated: str
    texts: tuple[Pair, ...]


TOPICS = (
    Topic(
        "",
        0.25,
        "",
        (
            ("The subject has moved; the new address is in the source documents.", "患者已搬家，新地址见源文件。"),
            ("Next visit agreed by telephone.", "已电话约定下次访视。"),
            ("The daughter accompanies the subject and helps with the diary.", "女儿陪同患者并协助填写日记卡。"),
            (
                "The subject lives five hours by train from the site and asked whether laboratory tests between the "
                "visits may be done at the county hospital. The investigator agreed to tests that the protocol does "
                "not ask for; everything that the protocol asks for is still done at the site, and copies of outside "
                "reports are kept in the source documents.",
                "患者居住地距研究中心乘火车需五小时，询问两次访视之间的化验能否在县医院进行。研究者同意方案未要求的检查可在当地完成；"
                "方案要求的所有检查仍在研究中心进行，外院报告复印件保存于源文件中。",
            ),
        ),
    ),
    Topic(
        "AE",
        0.30,
        "AESTDAT",
        (
            ("Start date as remembered by the subject.", "开始日期为患者回忆。"),
            ("Reported by telephone.", "患者电话报告。"),
            ("Source: outpatient record of the local hospital.", "来源：当地医院门诊病历。"),
            (
                "According to the diary the complaint came and went over several days, was worse in the morning and "
                "better after meals. The highest grade that was reached is entered here; the single episodes are kept "
                "in the source documents of the site.",
                "根据日记卡，该症状在数天内时轻时重，晨起较重，餐后减轻。此处填写达到的最高级别；各次发作详见研究中心源文件。",
            ),
        ),
    ),
    Topic(
        "CM",
        0.10,
        "CMSTDAT",
        (
            ("Prescribed by the general practitioner.", "由社区医生开具。"),
            ("Dose as told by the subject; the packaging was not seen.", "剂量为患者口述，未见药品包装。"),
        ),
    ),
    Topic(
        "MH",
        0.05,
        "MHSTDAT",
        (("As told by the subject; there are no earlier records.", "患者口述，无既往病历。"),),
    ),
    Topic(
        "ECPYR",
        0.12,
        "ECSTDAT",
        (
            ("Tablets counted at the visit; the count agrees with the diary.", "访视时清点药片，与日记卡一致。"),
            ("Diary brought to the next visit only.", "日记卡于下次访视时才带回。"),
            (
                "The diary of this period was lost. The dates were taken from the drug accountability log, the number "
                "of tablets that were returned and a telephone call with the subject's daughter. The monitor was "
                "informed, and the site was trained again on how diaries are handed out, checked and collected. The "
                "subject has a second copy of the diary at home now, which is photographed at every visit. No other "
                "period of this subject is concerned.",
                "该时段日记卡遗失。日期依据药物发放回收记录、回收药片数量以及与患者女儿的电话核实填写。已通知监查员，并对研究中心就日记卡的发放、"
                "核对和回收再次进行培训。患者现于家中另备一份日记卡，每次访视时拍照留存。该患者其他时段不受影响。",
            ),
        ),
    ),
    Topic(
        "PE",
        0.08,
        "",
        (
            ("Examined by the sub-investigator.", "由助理研究者检查。"),
            ("Examination without the breasts at the wish of the subject.", "应患者要求未检查乳腺。"),
        ),
    ),
    Topic(
        "LBCHEM",
        0.10,
        "",
        (
            ("Sample slightly haemolysed; accepted by the laboratory.", "标本轻度溶血，检验科已接收。"),
            ("Blood was drawn in the afternoon, not fasting.", "下午采血，非空腹。"),
        ),
    ),
)
MOST = 3
"""How many comments a subject can have."""
SHARE = 0.13
"""How many of these there are."""
