<?xml version="1.0" encoding="UTF-8"?>
<!--
  What all pages share: paper, head and foot of each page, boxes, tick marks, signatures, and the two languages.

  A page imports this and gives its body in the mode "body". Its record is what form.get answers (duban-rpc(7)):
  members are elements, lists are <item>s, what is not there is left out; the option xml of dubanctl form print shows one.
  Words and people have <zh> and <en>. XSLT 1.0, and nothing but files of this directory is read.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">

<xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

<!-- zh, en or both -->
<xsl:param name="language" select="'zh'"/>

<!-- ==== the whole page ==== -->

<xsl:template match="/page">
  <html lang="{substring('zh-CN', 1 div ($language != 'en'))}{substring('en', 1 div ($language = 'en'))}">
    <head>
      <meta charset="UTF-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <title><xsl:value-of select="form/record"/><xsl:text> </xsl:text><xsl:apply-templates select="form/title" mode="plain"/></title>
      <style><xsl:call-template name="style"/></style>
    </head>
    <body>
      <main>
        <header>
          <div class="regime"><xsl:apply-templates select="regime" mode="word"/></div>
          <h1><xsl:apply-templates select="form/title" mode="title"/></h1>
          <div class="numbers">
            <span>
              <xsl:if test="form/number">
                <xsl:call-template name="label"><xsl:with-param name="zh">表号</xsl:with-param><xsl:with-param name="en">Form</xsl:with-param></xsl:call-template>
                <xsl:text> </xsl:text><b><xsl:value-of select="form/number"/></b>
              </xsl:if>
            </span>
            <span>
              <xsl:call-template name="label"><xsl:with-param name="zh">编号</xsl:with-param><xsl:with-param name="en">No.</xsl:with-param></xsl:call-template>
              <xsl:text> </xsl:text><b><xsl:value-of select="form/record"/></b>
            </span>
          </div>
        </header>
        <xsl:apply-templates select="." mode="body"/>
        <footer>
          <xsl:if test="form/cites/item">
            <div>
              <xsl:call-template name="label"><xsl:with-param name="zh">相关文件</xsl:with-param><xsl:with-param name="en">Related documents</xsl:with-param></xsl:call-template>
              <xsl:text>: </xsl:text>
              <xsl:for-each select="form/cites/item">
                <xsl:if test="position() &gt; 1"><xsl:text>; </xsl:text></xsl:if>
                <xsl:apply-templates select="." mode="word"/>
              </xsl:for-each>
            </div>
          </xsl:if>
        </footer>
      </main>
    </body>
  </html>
</xsl:template>

<!-- A text inside quotes of CSS, inside an element that HTML does not escape. -->
<xsl:template name="css-text">
  <xsl:param name="text"/>
  <xsl:value-of select="translate(normalize-space($text), '&quot;\&lt;&gt;', '')"/>
</xsl:template>

<xsl:template name="style">
  <xsl:variable name="title"><xsl:apply-templates select="form/title" mode="plain"/></xsl:variable>
  <xsl:text>
@page {
  size: A4;
  margin: 17mm 15mm 16mm 15mm;
  @top-left { content: "</xsl:text><xsl:call-template name="css-text"><xsl:with-param name="text" select="concat(form/number, ' ', $title)"/></xsl:call-template><xsl:text>"; }
  @top-right { content: "</xsl:text>
  <xsl:call-template name="css-text"><xsl:with-param name="text" select="form/record"/></xsl:call-template><xsl:text>"; }
  @bottom-left { content: "</xsl:text>
  <xsl:call-template name="pick"><xsl:with-param name="zh">打印时间</xsl:with-param><xsl:with-param name="en">Printed</xsl:with-param></xsl:call-template>
  <xsl:text> </xsl:text><xsl:apply-templates select="printed_at" mode="time"/><xsl:text>"; }
  @bottom-right { content: </xsl:text>
  <xsl:if test="$language != 'en'">"第 " counter(page) " 页 共 " counter(pages) " 页"</xsl:if>
  <xsl:if test="$language = 'both'"> " / " </xsl:if>
  <xsl:if test="$language != 'zh'">"Page " counter(page) " of " counter(pages)</xsl:if>
  <xsl:text>; }
  @top-left { vertical-align: bottom; padding-bottom: 2mm; font: 8pt "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", sans-serif; color: #444; }
  @top-right { vertical-align: bottom; padding-bottom: 2mm; font: 8pt "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", sans-serif; color: #444; }
  @bottom-left { vertical-align: top; padding-top: 2mm; font: 8pt "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", sans-serif; color: #444; }
  @bottom-right { vertical-align: top; padding-top: 2mm; font: 8pt "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", sans-serif; color: #444; }
}
* { box-sizing: border-box; }
html { font: 9.5pt/1.5 "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", sans-serif; color: #111; }
body { margin: 0; }
header { text-align: center; margin-bottom: 2.5mm; }
.regime { color: #444; letter-spacing: .04em; }
h1 { font-size: 17pt; line-height: 1.3; margin: 1mm 0 3mm; letter-spacing: .12em; }
h1 .en { display: block; font-size: 10.5pt; font-weight: 500; letter-spacing: .02em; color: #333; }
html[lang=en] h1 { letter-spacing: .01em; }
html[lang=en] h1 .en { font-weight: 700; font-size: inherit; color: inherit; }
.numbers { display: flex; justify-content: space-between; }
.en { color: #555; font-size: 85%; }
html[lang=en] .en { color: inherit; font-size: inherit; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; margin: 0; }
table + table, .box + table, table + .box, .box + .box { margin-top: -1px; }
th, td { border: 1px solid #333; padding: 1.1mm 1.8mm; text-align: left; vertical-align: middle; overflow-wrap: anywhere; white-space: pre-line; }
th { background: #f1f2f4; font-weight: 500; }
th .en { display: block; line-height: 1.25; }
tr { break-inside: avoid; }
thead { display: table-header-group; }
tbody.rows td { height: 7.2mm; vertical-align: top; }
h2 { font-size: 9.5pt; font-weight: 700; margin: 0; padding: 1mm 1.8mm; border: 1px solid #333; background: #dfe2e6; break-after: avoid; }
section { margin-top: 3mm; }
section > h2 + * { margin-top: -1px; }
.box { border: 1px solid #333; padding: 1.1mm 1.8mm 1.6mm; -webkit-box-decoration-break: clone; box-decoration-break: clone; orphans: 3; widows: 3; }
.box .name { font-weight: 500; color: #222; break-after: avoid; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; min-height: 8mm; }
.tall .text { min-height: 16mm; }
.tick { display: inline-block; margin-right: 5mm; white-space: nowrap; }
.mark { font-family: "DejaVu Sans", "Noto Sans Symbols2", "Noto Sans CJK SC", sans-serif; font-size: 115%; }
.on { font-weight: 600; }
.sign { display: flex; flex-wrap: wrap; justify-content: flex-end; align-items: end; break-inside: avoid; margin-top: 2mm; }
.sign > * + *, .course > * + * { margin-left: 8mm; }
.sign .line { display: inline-block; min-width: 34mm; border-bottom: 1px solid #333; padding: 0 1mm; font-weight: 600; }
.sign .when { min-width: 30mm; font-weight: 400; }
.quiet { color: #666; }
.number { text-align: center; }
.course { display: flex; flex-wrap: wrap; margin-top: 1mm; padding-top: 1mm; border-top: 1px dotted #888; break-inside: avoid; }
.discipline + .discipline { margin-top: -1px; }
.discipline h2 { background: #f1f2f4; }
.discipline .box { margin-top: -1px; }
.signs .sign { margin: 1mm 0; }
footer { margin-top: 2mm; color: #333; break-before: avoid; break-inside: avoid; }
@media screen {
  html { background: #e7e8ea; }
  main { max-width: 200mm; margin: 6mm auto; padding: 12mm; background: #fff; box-shadow: 0 1px 6px #0003; }
}
@media screen and (max-width: 640px) { main { margin: 0; padding: 4mm; } }
</xsl:text>
</xsl:template>

<!-- ==== languages ==== -->

<!-- A label of ours; the languages that are wanted, the second one small. -->
<xsl:template name="label">
  <xsl:param name="zh"/>
  <xsl:param name="en"/>
  <xsl:if test="$language != 'en'"><xsl:value-of select="$zh"/></xsl:if>
  <xsl:if test="$language = 'both'"><xsl:text> </xsl:text></xsl:if>
  <xsl:if test="$language != 'zh'"><span class="en"><xsl:value-of select="$en"/></span></xsl:if>
</xsl:template>

<!-- One language only, for places where there is room for no more. -->
<xsl:template name="pick">
  <xsl:param name="zh"/>
  <xsl:param name="en"/>
  <xsl:choose>
    <xsl:when test="$language = 'en'"><xsl:value-of select="$en"/></xsl:when>
    <xsl:otherwise><xsl:value-of select="$zh"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<!-- A word of the regime. -->
<xsl:template match="*" mode="word">
  <xsl:choose>
    <xsl:when test="zh = en"><xsl:value-of select="zh"/></xsl:when>
    <xsl:otherwise>
      <xsl:call-template name="label"><xsl:with-param name="zh" select="zh"/><xsl:with-param name="en" select="en"/></xsl:call-template>
    </xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template match="*" mode="title">
  <xsl:apply-templates select="." mode="word"/>
</xsl:template>

<!-- Without markup. -->
<xsl:template match="*" mode="plain">
  <xsl:if test="$language != 'en'"><xsl:value-of select="zh"/></xsl:if>
  <xsl:if test="$language = 'both' and zh != en"><xsl:text> </xsl:text></xsl:if>
  <xsl:if test="$language = 'en' or ($language = 'both' and zh != en)"><xsl:value-of select="en"/></xsl:if>
</xsl:template>

<!-- A person: the name in one language. -->
<xsl:template match="*" mode="person">
  <xsl:call-template name="pick"><xsl:with-param name="zh" select="zh"/><xsl:with-param name="en" select="en"/></xsl:call-template>
</xsl:template>

<!-- ==== times, as the desk's clocks show them ==== -->

<xsl:template match="*" mode="date"><xsl:value-of select="substring(., 1, 10)"/></xsl:template>
<xsl:template match="*" mode="time"><xsl:value-of select="concat(substring(., 1, 10), ' ', substring(., 12, 5))"/></xsl:template>

<!-- ==== parts of forms ==== -->

<xsl:template name="th">
  <xsl:param name="zh"/>
  <xsl:param name="en"/>
  <th>
    <xsl:call-template name="label"><xsl:with-param name="zh" select="$zh"/><xsl:with-param name="en" select="$en"/></xsl:call-template>
  </th>
</xsl:template>

<xsl:template name="heading">
  <xsl:param name="zh"/>
  <xsl:param name="en"/>
  <h2>
    <xsl:call-template name="label"><xsl:with-param name="zh" select="$zh"/><xsl:with-param name="en" select="$en"/></xsl:call-template>
  </h2>
</xsl:template>

<!-- A long text with its name above it; it may go over pages. -->
<xsl:template name="text">
  <xsl:param name="zh"/>
  <xsl:param name="en"/>
  <xsl:param name="value"/>
  <xsl:param name="class" select="''"/>
  <div class="box {$class}">
    <div class="name">
      <xsl:call-template name="label"><xsl:with-param name="zh" select="$zh"/><xsl:with-param name="en" select="$en"/></xsl:call-template>
    </div>
    <div class="text"><xsl:value-of select="$value"/></div>
  </div>
</xsl:template>

<!-- The choices of a list, the one that was made ticked. With letters: A, B, C. -->
<xsl:template name="ticks">
  <xsl:param name="of"/>
  <xsl:param name="letters" select="false()"/>
  <xsl:for-each select="$of">
    <span>
      <xsl:attribute name="class">tick<xsl:if test="chosen = 'true'"> on</xsl:if></xsl:attribute>
      <span class="mark">
        <xsl:choose>
          <xsl:when test="chosen = 'true'">☑</xsl:when>
          <xsl:otherwise>☐</xsl:otherwise>
        </xsl:choose>
      </span>
      <xsl:text> </xsl:text>
      <xsl:if test="$letters"><xsl:number value="position()" format="A"/><xsl:text> </xsl:text></xsl:if>
      <xsl:apply-templates select="." mode="word"/>
    </span>
    <xsl:text> </xsl:text>
  </xsl:for-each>
</xsl:template>

<!-- A line to sign on: the name, the role and the time of who did, or room for a pen. -->
<xsl:template name="signature">
  <xsl:param name="zh"/>
  <xsl:param name="en"/>
  <xsl:param name="who" select="/.."/>
  <xsl:param name="role" select="/.."/>
  <xsl:param name="at" select="/.."/>
  <div class="sign">
    <span>
      <xsl:call-template name="label"><xsl:with-param name="zh" select="$zh"/><xsl:with-param name="en" select="$en"/></xsl:call-template>
      <xsl:text> </xsl:text>
      <span class="line">
        <xsl:apply-templates select="$who" mode="person"/>
        <xsl:if test="$who and $role"><span class="quiet"> (<xsl:apply-templates select="$role" mode="person"/>)</span></xsl:if>
        <xsl:text>&#160;</xsl:text>
      </span>
    </span>
    <span>
      <xsl:call-template name="label"><xsl:with-param name="zh">日期</xsl:with-param><xsl:with-param name="en">Date</xsl:with-param></xsl:call-template>
      <xsl:text> </xsl:text>
      <span class="line when"><xsl:apply-templates select="$at" mode="time"/><xsl:text>&#160;</xsl:text></span>
    </span>
  </div>
</xsl:template>

<!-- So many rows without anything in them. -->
<xsl:template name="empty-rows">
  <xsl:param name="count"/>
  <xsl:param name="columns"/>
  <xsl:if test="$count &gt; 0">
    <tr><xsl:call-template name="empty-cells"><xsl:with-param name="count" select="$columns"/></xsl:call-template></tr>
    <xsl:call-template name="empty-rows">
      <xsl:with-param name="count" select="$count - 1"/>
      <xsl:with-param name="columns" select="$columns"/>
    </xsl:call-template>
  </xsl:if>
</xsl:template>

<xsl:template name="empty-cells">
  <xsl:param name="count"/>
  <xsl:if test="$count &gt; 0">
    <td>&#160;</td>
    <xsl:call-template name="empty-cells"><xsl:with-param name="count" select="$count - 1"/></xsl:call-template>
  </xsl:if>
</xsl:template>

<!-- ==== what several forms show ==== -->

<!-- Two rows: whom to reach and how. -->
<xsl:template name="contact-rows">
  <tr>
    <xsl:call-template name="th"><xsl:with-param name="zh">客户名称</xsl:with-param><xsl:with-param name="en">Customer</xsl:with-param></xsl:call-template>
    <td colspan="3"><xsl:value-of select="customer/name"/></td>
  </tr>
  <tr>
    <xsl:call-template name="th"><xsl:with-param name="zh">联系人</xsl:with-param><xsl:with-param name="en">Contact</xsl:with-param></xsl:call-template>
    <td><xsl:value-of select="contact/name"/></td>
    <xsl:call-template name="th"><xsl:with-param name="zh">电话</xsl:with-param><xsl:with-param name="en">Phone</xsl:with-param></xsl:call-template>
    <td><xsl:value-of select="contact/phone"/></td>
  </tr>
  <tr>
    <xsl:call-template name="th"><xsl:with-param name="zh">传真</xsl:with-param><xsl:with-param name="en">Fax</xsl:with-param></xsl:call-template>
    <td><xsl:value-of select="contact/fax"/></td>
    <xsl:call-template name="th"><xsl:with-param name="zh">电子邮件</xsl:with-param><xsl:with-param name="en">E-mail</xsl:with-param></xsl:call-template>
    <td><xsl:value-of select="contact/email"/></td>
  </tr>
</xsl:template>

<!-- The problem in the customer's words, and what came with it. -->
<xsl:template name="details">
  <div class="box tall">
    <div class="name">
      <xsl:call-template name="label"><xsl:with-param name="zh">问题详情</xsl:with-param><xsl:with-param name="en">Details of the problem</xsl:with-param></xsl:call-template>
    </div>
    <div class="text"><b><xsl:value-of select="subject"/></b><xsl:if test="details"><xsl:text>&#10;</xsl:text><xsl:value-of select="details"/></xsl:if></div>
    <xsl:if test="attachments/item">
      <div>
        <xsl:call-template name="label"><xsl:with-param name="zh">附件</xsl:with-param><xsl:with-param name="en">Attachments</xsl:with-param></xsl:call-template>
        <xsl:text>: </xsl:text>
        <xsl:for-each select="attachments/item">
          <xsl:if test="position() &gt; 1"><xsl:text>; </xsl:text></xsl:if>
          <xsl:value-of select="name | self::*[not(name)]"/>
        </xsl:for-each>
      </div>
    </xsl:if>
  </div>
</xsl:template>

<!-- Supervision or progress: period, degree, note, who; rows to write in where there are few. -->
<xsl:template name="progress">
  <xsl:param name="zh"/>
  <xsl:param name="en"/>
  <xsl:param name="rows" select="4"/>
  <section>
    <xsl:call-template name="heading"><xsl:with-param name="zh" select="$zh"/><xsl:with-param name="en" select="$en"/></xsl:call-template>
    <table>
      <colgroup><col style="width:7%"/><col style="width:22%"/><col style="width:22%"/><col/><col style="width:13%"/></colgroup>
      <thead>
        <tr>
          <xsl:call-template name="th"><xsl:with-param name="zh">序号</xsl:with-param><xsl:with-param name="en">No.</xsl:with-param></xsl:call-template>
          <xsl:call-template name="th"><xsl:with-param name="zh">时段</xsl:with-param><xsl:with-param name="en">Period</xsl:with-param></xsl:call-template>
          <xsl:call-template name="th"><xsl:with-param name="zh">问题解决程度</xsl:with-param><xsl:with-param name="en">Degree of solution</xsl:with-param></xsl:call-template>
          <xsl:call-template name="th"><xsl:with-param name="zh">说明</xsl:with-param><xsl:with-param name="en">Note</xsl:with-param></xsl:call-template>
          <xsl:call-template name="th"><xsl:with-param name="zh">记录人</xsl:with-param><xsl:with-param name="en">By</xsl:with-param></xsl:call-template>
        </tr>
      </thead>
      <tbody class="rows">
        <xsl:for-each select="progress/item">
          <tr>
            <td class="number"><xsl:value-of select="position()"/></td>
            <td>
              <xsl:choose>
                <xsl:when test="from or to">
                  <xsl:apply-templates select="from" mode="time"/>
                  <xsl:text> – </xsl:text>
                  <xsl:apply-templates select="to" mode="time"/>
                </xsl:when>
                <xsl:otherwise><xsl:apply-templates select="at" mode="time"/></xsl:otherwise>
              </xsl:choose>
            </td>
            <td><xsl:value-of select="degree"/></td>
            <td><xsl:value-of select="note"/></td>
            <td><xsl:apply-templates select="who" mode="person"/></td>
          </tr>
        </xsl:for-each>
        <xsl:call-template name="empty-rows">
          <xsl:with-param name="count" select="$rows - count(progress/item)"/>
          <xsl:with-param name="columns" select="5"/>
        </xsl:call-template>
      </tbody>
    </table>
  </section>
</xsl:template>

<!-- The regime's own fields that are filled in, two in a row. -->
<xsl:template name="field-rows">
  <xsl:for-each select="fields/item[position() mod 2 = 1]">
    <tr>
      <xsl:apply-templates select="." mode="field"/>
      <xsl:choose>
        <xsl:when test="following-sibling::item"><xsl:apply-templates select="following-sibling::item[1]" mode="field"/></xsl:when>
        <xsl:otherwise><th/><td/></xsl:otherwise>
      </xsl:choose>
    </tr>
  </xsl:for-each>
</xsl:template>

<xsl:template match="item" mode="field">
  <th><xsl:apply-templates select="field" mode="word"/></th>
  <td>
    <xsl:choose>
      <xsl:when test="value/item">
        <xsl:for-each select="value/item"><xsl:if test="position() &gt; 1"><xsl:text>; </xsl:text></xsl:if><xsl:value-of select="."/></xsl:for-each>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="value"/></xsl:otherwise>
    </xsl:choose>
  </td>
</xsl:template>

<!-- A signature of the regime by its name: signed, or a line to sign on. -->
<xsl:template name="signed">
  <xsl:param name="name"/>
  <xsl:param name="zh"/>
  <xsl:param name="en"/>
  <xsl:variable name="done" select="signatures/item[signature/name = $name and done = 'true']"/>
  <xsl:call-template name="signature">
    <xsl:with-param name="zh" select="$zh"/>
    <xsl:with-param name="en" select="$en"/>
    <xsl:with-param name="who" select="$done/who"/>
    <xsl:with-param name="role" select="$done/role"/>
    <xsl:with-param name="at" select="$done/at"/>
  </xsl:call-template>
</xsl:template>

<!-- Steps in their order: owner, due, done, by whom, what was noted. -->
<xsl:template name="steps">
  <xsl:param name="of"/>
  <table>
    <colgroup><col style="width:22%"/><col style="width:13%"/><col style="width:18%"/><col style="width:18%"/><col/></colgroup>
    <thead>
      <tr>
        <xsl:call-template name="th"><xsl:with-param name="zh">步骤</xsl:with-param><xsl:with-param name="en">Step</xsl:with-param></xsl:call-template>
        <xsl:call-template name="th"><xsl:with-param name="zh">责任</xsl:with-param><xsl:with-param name="en">Owner</xsl:with-param></xsl:call-template>
        <xsl:call-template name="th"><xsl:with-param name="zh">期限</xsl:with-param><xsl:with-param name="en">Due</xsl:with-param></xsl:call-template>
        <xsl:call-template name="th"><xsl:with-param name="zh">完成</xsl:with-param><xsl:with-param name="en">Done</xsl:with-param></xsl:call-template>
        <xsl:call-template name="th"><xsl:with-param name="zh">记录</xsl:with-param><xsl:with-param name="en">Note</xsl:with-param></xsl:call-template>
      </tr>
    </thead>
    <tbody class="rows">
      <xsl:for-each select="$of">
        <tr>
          <td>
            <xsl:choose><xsl:when test="done = 'true'"><span class="mark">☑</span></xsl:when><xsl:otherwise><span class="mark">☐</span></xsl:otherwise></xsl:choose>
            <xsl:text> </xsl:text><xsl:apply-templates select="step" mode="word"/>
          </td>
          <td><xsl:call-template name="owner"/></td>
          <td><xsl:apply-templates select="due_at" mode="time"/></td>
          <td><xsl:apply-templates select="at" mode="time"/></td>
          <td><xsl:value-of select="note"/></td>
        </tr>
      </xsl:for-each>
    </tbody>
  </table>
</xsl:template>

<!-- Who did a step; until then whoever may, else whoever has the ticket. -->
<xsl:template name="owner">
  <xsl:choose>
    <xsl:when test="who"><xsl:apply-templates select="who" mode="person"/></xsl:when>
    <xsl:when test="by/item">
      <xsl:for-each select="by/item"><xsl:if test="position() &gt; 1"><xsl:text>／</xsl:text></xsl:if><xsl:apply-templates select="." mode="person"/></xsl:for-each>
    </xsl:when>
    <xsl:when test="/page/handler"><xsl:apply-templates select="/page/handler" mode="person"/></xsl:when>
    <xsl:otherwise><xsl:apply-templates select="/page/department" mode="person"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<!-- What the customer says of the solution: the levels of the regime, else their own words. -->
<xsl:template name="opinion">
  <div class="box">
    <div class="name">
      <xsl:call-template name="label"><xsl:with-param name="zh">客户对解决情况的意见</xsl:with-param><xsl:with-param name="en">The customer's opinion of the solution</xsl:with-param></xsl:call-template>
    </div>
    <xsl:if test="levels/item">
      <div><xsl:call-template name="ticks"><xsl:with-param name="of" select="levels/item"/></xsl:call-template></div>
    </xsl:if>
    <div class="text">
      <xsl:value-of select="satisfaction/note"/>
      <xsl:for-each select="contacts/item[kind/name = 'satisfaction' and note]">
        <xsl:if test="position() &gt; 1 or /page/satisfaction/note"><xsl:text>&#10;</xsl:text></xsl:if>
        <xsl:value-of select="note"/>
        <span class="quiet"><xsl:text> (</xsl:text><xsl:apply-templates select="at" mode="time"/><xsl:text>, </xsl:text><xsl:apply-templates select="channel" mode="person"/><xsl:text>, </xsl:text><xsl:apply-templates select="who" mode="person"/><xsl:text>)</xsl:text></span>
      </xsl:for-each>
    </div>
  </div>
</xsl:template>

<!-- Every contact with the customer. -->
<xsl:template name="contacts">
  <section>
    <xsl:call-template name="heading"><xsl:with-param name="zh">与客户联系记录</xsl:with-param><xsl:with-param name="en">Contacts with the customer</xsl:with-param></xsl:call-template>
    <table>
      <colgroup><col style="width:19%"/><col style="width:14%"/><col style="width:17%"/><col style="width:14%"/><col/></colgroup>
      <thead>
        <tr>
          <xsl:call-template name="th"><xsl:with-param name="zh">时间</xsl:with-param><xsl:with-param name="en">Time</xsl:with-param></xsl:call-template>
          <xsl:call-template name="th"><xsl:with-param name="zh">方式</xsl:with-param><xsl:with-param name="en">Channel</xsl:with-param></xsl:call-template>
          <xsl:call-template name="th"><xsl:with-param name="zh">内容类别</xsl:with-param><xsl:with-param name="en">About</xsl:with-param></xsl:call-template>
          <xsl:call-template name="th"><xsl:with-param name="zh">联系人员</xsl:with-param><xsl:with-param name="en">By</xsl:with-param></xsl:call-template>
          <xsl:call-template name="th"><xsl:with-param name="zh">记录</xsl:with-param><xsl:with-param name="en">Note</xsl:with-param></xsl:call-template>
        </tr>
      </thead>
      <tbody class="rows">
        <xsl:for-each select="contacts/item | merged/item/contacts/item">
          <xsl:sort select="at"/>
          <tr>
            <td><xsl:apply-templates select="at" mode="time"/></td>
            <td>
              <xsl:apply-templates select="channel" mode="word"/>
              <xsl:if test="direction = 'in'">
                <span class="quiet"><xsl:text> </xsl:text><xsl:call-template name="pick"><xsl:with-param name="zh">（来）</xsl:with-param><xsl:with-param name="en">(in)</xsl:with-param></xsl:call-template></span>
              </xsl:if>
            </td>
            <td>
              <xsl:apply-templates select="kind" mode="word"/>
              <xsl:if test="reached = 'false'">
                <span class="quiet"><xsl:text> </xsl:text><xsl:call-template name="pick"><xsl:with-param name="zh">（未接通）</xsl:with-param><xsl:with-param name="en">(not reached)</xsl:with-param></xsl:call-template></span>
              </xsl:if>
            </td>
            <td><xsl:apply-templates select="who" mode="person"/></td>
            <td><xsl:value-of select="note"/></td>
          </tr>
        </xsl:for-each>
      </tbody>
    </table>
  </section>
</xsl:template>

</xsl:stylesheet>
