<?xml version="1.0" encoding="UTF-8"?>
<!--
  8D 报告, the report on a complaint by eight disciplines: each with owner, due day, done day and what was found.

  The steps d1 to d8 are the disciplines; further steps of the class stand behind them. A discipline without a
  deadline of its own is due with the next one that has one.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">

<xsl:import href="layout.xsl"/>

<xsl:template match="page" mode="body">
  <xsl:variable name="disciplines" select="steps/item[string-length(step/name) = 2 and starts-with(step/name, 'd')]"/>
  <xsl:variable name="others" select="steps/item[not(string-length(step/name) = 2 and starts-with(step/name, 'd'))]"/>
  <table>
    <colgroup><col style="width:15%"/><col style="width:35%"/><col style="width:15%"/><col style="width:35%"/></colgroup>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">投诉编号</xsl:with-param><xsl:with-param name="en">Complaint</xsl:with-param></xsl:call-template>
      <td><xsl:value-of select="number"/></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">收到日期</xsl:with-param><xsl:with-param name="en">Received</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="received_at" mode="time"/></td>
    </tr>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">客户名称</xsl:with-param><xsl:with-param name="en">Customer</xsl:with-param></xsl:call-template>
      <td><xsl:value-of select="customer/name"/></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">登记人</xsl:with-param><xsl:with-param name="en">Registered by</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="recorder" mode="person"/></td>
    </tr>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">责任部门</xsl:with-param><xsl:with-param name="en">Department</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="department" mode="word"/></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">负责人</xsl:with-param><xsl:with-param name="en">Leader</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="handler" mode="person"/></td>
    </tr>
    <xsl:call-template name="field-rows"/>
  </table>
  <xsl:call-template name="details"/>

  <section>
    <xsl:for-each select="$disciplines">
      <xsl:variable name="due" select="(due_at | following-sibling::item[string-length(step/name) = 2 and starts-with(step/name, 'd')]/due_at)[1]"/>
      <div class="discipline">
        <h2>
          <xsl:choose><xsl:when test="done = 'true'"><span class="mark">☑</span></xsl:when><xsl:otherwise><span class="mark">☐</span></xsl:otherwise></xsl:choose>
          <xsl:text> </xsl:text>
          <xsl:if test="$language != 'en' and not(starts-with(step/zh, 'D'))">
            <xsl:value-of select="translate(step/name, 'd', 'D')"/><xsl:text> </xsl:text>
          </xsl:if>
          <xsl:apply-templates select="step" mode="word"/>
        </h2>
        <div class="box">
          <div class="text"><xsl:value-of select="note"/></div>
          <div class="course">
            <span><xsl:call-template name="label"><xsl:with-param name="zh">责任人</xsl:with-param><xsl:with-param name="en">Owner</xsl:with-param></xsl:call-template><xsl:text>: </xsl:text><b><xsl:call-template name="owner"/></b></span>
            <span><xsl:call-template name="label"><xsl:with-param name="zh">期限</xsl:with-param><xsl:with-param name="en">Due</xsl:with-param></xsl:call-template><xsl:text>: </xsl:text><b><xsl:apply-templates select="$due" mode="time"/></b></span>
            <span><xsl:call-template name="label"><xsl:with-param name="zh">完成</xsl:with-param><xsl:with-param name="en">Done</xsl:with-param></xsl:call-template><xsl:text>: </xsl:text><b><xsl:apply-templates select="at" mode="time"/></b></span>
          </div>
        </div>
      </div>
    </xsl:for-each>
  </section>

  <xsl:if test="$others">
    <section>
      <xsl:call-template name="heading"><xsl:with-param name="zh">调查与验证</xsl:with-param><xsl:with-param name="en">Investigation and verification</xsl:with-param></xsl:call-template>
      <xsl:call-template name="steps"><xsl:with-param name="of" select="$others"/></xsl:call-template>
    </section>
  </xsl:if>

  <section>
    <xsl:call-template name="heading"><xsl:with-param name="zh">结果与审批</xsl:with-param><xsl:with-param name="en">Result and approval</xsl:with-param></xsl:call-template>
    <xsl:call-template name="text">
      <xsl:with-param name="zh">处理结果</xsl:with-param>
      <xsl:with-param name="en">Result</xsl:with-param>
      <xsl:with-param name="value" select="result"/>
    </xsl:call-template>
    <xsl:call-template name="opinion"/>
    <xsl:for-each select="signatures/item">
      <div class="box signs">
        <xsl:if test="note"><div class="text"><xsl:value-of select="note"/></div></xsl:if>
        <xsl:call-template name="signature">
          <xsl:with-param name="zh" select="signature/zh"/>
          <xsl:with-param name="en" select="signature/en"/>
          <xsl:with-param name="who" select="who"/>
          <xsl:with-param name="role" select="role"/>
          <xsl:with-param name="at" select="at"/>
        </xsl:call-template>
      </div>
    </xsl:for-each>
  </section>
</xsl:template>

</xsl:stylesheet>
