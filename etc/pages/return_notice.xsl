<?xml version="1.0" encoding="UTF-8"?>
<!-- 退货及返工通知单, the notice of returned goods and of their rework: what comes back, and how far it is. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">

<xsl:import href="layout.xsl"/>

<xsl:template match="page" mode="body">
  <table>
    <colgroup><col style="width:15%"/><col style="width:35%"/><col style="width:15%"/><col style="width:35%"/></colgroup>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">通知日期</xsl:with-param><xsl:with-param name="en">Noticed</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="received_at" mode="time"/></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">开单人</xsl:with-param><xsl:with-param name="en">Issued by</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="recorder" mode="person"/></td>
    </tr>
    <xsl:call-template name="contact-rows"/>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">办理部门</xsl:with-param><xsl:with-param name="en">Department</xsl:with-param></xsl:call-template>
      <td>
        <xsl:apply-templates select="department" mode="word"/>
        <xsl:if test="handler"><xsl:text> (</xsl:text><xsl:apply-templates select="handler" mode="person"/><xsl:text>)</xsl:text></xsl:if>
      </td>
      <xsl:call-template name="th"><xsl:with-param name="zh">计划再交货</xsl:with-param><xsl:with-param name="en">Delivery again</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="expected_at" mode="time"/></td>
    </tr>
    <xsl:call-template name="field-rows"/>
  </table>
  <xsl:call-template name="details"/>
  <xsl:if test="plans/item/measures">
    <xsl:call-template name="text">
      <xsl:with-param name="zh">处理及返工要求</xsl:with-param>
      <xsl:with-param name="en">What is to be done</xsl:with-param>
      <xsl:with-param name="value" select="plans/item[last()]/measures"/>
    </xsl:call-template>
  </xsl:if>

  <section>
    <xsl:call-template name="heading"><xsl:with-param name="zh">退货处理过程</xsl:with-param><xsl:with-param name="en">Course of the return</xsl:with-param></xsl:call-template>
    <xsl:call-template name="steps"><xsl:with-param name="of" select="steps/item"/></xsl:call-template>
  </section>

  <xsl:if test="progress/item">
    <xsl:call-template name="progress">
      <xsl:with-param name="zh">过程记录</xsl:with-param>
      <xsl:with-param name="en">Log</xsl:with-param>
      <xsl:with-param name="rows" select="0"/>
    </xsl:call-template>
  </xsl:if>

  <section>
    <xsl:call-template name="heading"><xsl:with-param name="zh">处理结果</xsl:with-param><xsl:with-param name="en">Result</xsl:with-param></xsl:call-template>
    <div class="box tall">
      <div class="text"><xsl:value-of select="result"/></div>
      <div class="signs">
        <xsl:call-template name="signature"><xsl:with-param name="zh">仓库</xsl:with-param><xsl:with-param name="en">Warehouse</xsl:with-param>
          <xsl:with-param name="who" select="steps/item[step/name = 'booked']/who"/><xsl:with-param name="at" select="steps/item[step/name = 'booked']/at"/></xsl:call-template>
        <xsl:call-template name="signature"><xsl:with-param name="zh">品质</xsl:with-param><xsl:with-param name="en">Quality</xsl:with-param>
          <xsl:with-param name="who" select="steps/item[step/name = 'inspected']/who"/><xsl:with-param name="at" select="steps/item[step/name = 'inspected']/at"/></xsl:call-template>
        <xsl:call-template name="signature"><xsl:with-param name="zh">生产</xsl:with-param><xsl:with-param name="en">Production</xsl:with-param>
          <xsl:with-param name="who" select="steps/item[step/name = 'reworked']/who"/><xsl:with-param name="at" select="steps/item[step/name = 'reworked']/at"/></xsl:call-template>
        <xsl:call-template name="signature"><xsl:with-param name="zh">计划</xsl:with-param><xsl:with-param name="en">Planning</xsl:with-param>
          <xsl:with-param name="who" select="steps/item[step/name = 'rescheduled']/who"/><xsl:with-param name="at" select="steps/item[step/name = 'rescheduled']/at"/></xsl:call-template>
      </div>
    </div>
  </section>
</xsl:template>

</xsl:stylesheet>
