<?xml version="1.0" encoding="UTF-8"?>
<!--
  A report as one page: its charts and its tables. It needs nothing besides itself.

  Its record is made of report.get's answer (client/report.c): <title>, <period>, <regime>, <at>, <note> items, <chart>
  items with coordinates that are worked out already, and <table> items whose cells are texts. Several reports are several
  <report> items. XSLT 1.0, and nothing but files of this directory is read.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">

<xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

<xsl:param name="language" select="'zh'"/>

<xsl:template match="/page">
  <html lang="{language}">
    <head>
      <meta charset="UTF-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <title><xsl:value-of select="reports/item[1]/title"/></title>
      <style>
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 1080px; padding: 24px 28px 40px; color: #1f2933; background: #fff;
  font: 14px/1.5 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei", "Droid Sans Fallback", sans-serif; }
h1 { font-size: 22px; margin: 0 0 2px; }
h2 { font-size: 16px; margin: 26px 0 8px; }
article + article { border-top: 2px solid #d5dbe1; margin-top: 36px; padding-top: 24px; }
.period { color: #52606d; margin-bottom: 14px; }
.charts { display: flex; flex-wrap: wrap; gap: 18px; }
figure { margin: 0; border: 1px solid #e4e8ec; border-radius: 6px; padding: 10px 12px 6px; flex: 0 1 496px; box-sizing: border-box; min-width: 0; break-inside: avoid; }
figcaption { font-weight: 600; margin-bottom: 4px; }
.legend { color: #52606d; font-size: 12px; }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin: 0 5px 0 12px; }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 12px; fill: #3e4c59; font-family: inherit; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { border-bottom: 1px solid #e4e8ec; padding: 5px 9px; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #f3f5f7; font-weight: 600; border-bottom: 1px solid #c3ccd5; white-space: normal; word-break: keep-all; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td.n, td.t { white-space: nowrap; overflow-wrap: normal; }
.none { color: #7b8794; }
footer { margin-top: 30px; color: #7b8794; font-size: 12px; }
@media print { body { padding: 0; max-width: none; } tr { break-inside: avoid; } thead { display: table-header-group; } }
      </style>
    </head>
    <body>
      <xsl:apply-templates select="reports/item" mode="report"/>
      <footer><xsl:value-of select="regime"/><xsl:text> · </xsl:text><xsl:value-of select="made"/></footer>
    </body>
  </html>
</xsl:template>

<xsl:template match="item" mode="report">
  <article>
    <h1><xsl:value-of select="title"/></h1>
    <div class="period"><xsl:value-of select="period"/></div>
    <xsl:if test="charts/item"><div class="charts"><xsl:apply-templates select="charts/item" mode="chart"/></div></xsl:if>
    <xsl:apply-templates select="tables/item" mode="table"/>
    <xsl:for-each select="notes/item"><p class="period"><xsl:value-of select="."/></p></xsl:for-each>
  </article>
</xsl:template>

<xsl:template match="item" mode="chart">
  <figure>
    <figcaption><xsl:value-of select="title"/></figcaption>
    <xsl:if test="count(series/item) &gt; 1">
      <div class="legend"><xsl:for-each select="series/item"><i style="background:{colour}"></i><xsl:value-of select="title"/></xsl:for-each></div>
    </xsl:if>
    <svg viewBox="0 0 {width} {height}" role="img">
      <xsl:for-each select="grid/item">
        <line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#e4e8ec" stroke-width="1"/>
      </xsl:for-each>
      <xsl:for-each select="bars/item">
        <rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{colour}" rx="2"/>
      </xsl:for-each>
      <xsl:for-each select="lines/item">
        <polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" stroke-linejoin="round">
          <xsl:if test="dashed"><xsl:attribute name="stroke-dasharray">5 4</xsl:attribute></xsl:if>
        </polyline>
      </xsl:for-each>
      <xsl:for-each select="dots/item"><circle cx="{x}" cy="{y}" r="3" fill="{colour}"/></xsl:for-each>
      <xsl:for-each select="labels/item">
        <text x="{x}" y="{y}" text-anchor="{anchor}"><xsl:value-of select="text"/></text>
      </xsl:for-each>
    </svg>
  </figure>
</xsl:template>

<xsl:template match="item" mode="table">
  <h2><xsl:value-of select="title"/></h2>
  <xsl:choose>
    <xsl:when test="rows/item">
      <div class="wide"><table>
        <thead><tr><xsl:for-each select="columns/item"><th><xsl:if test="number"><xsl:attribute name="class">n</xsl:attribute></xsl:if><xsl:value-of select="title"/></th></xsl:for-each></tr></thead>
        <tbody>
          <xsl:for-each select="rows/item">
            <tr><xsl:for-each select="item"><td><xsl:if test="class"><xsl:attribute name="class"><xsl:value-of select="class"/></xsl:attribute></xsl:if><xsl:value-of select="text"/></td></xsl:for-each></tr>
          </xsl:for-each>
        </tbody>
      </table></div>
    </xsl:when>
    <xsl:otherwise><p class="none"><xsl:choose><xsl:when test="$language = 'en'">Nothing.</xsl:when><xsl:otherwise>无记录</xsl:otherwise></xsl:choose></p></xsl:otherwise>
  </xsl:choose>
</xsl:template>

</xsl:stylesheet>
