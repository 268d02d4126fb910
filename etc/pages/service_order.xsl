<?xml version="1.0" encoding="UTF-8"?>
<!-- 服务单, the order for a service on site: what is to be done where, what was done, and the customer's signature. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">

<xsl:import href="layout.xsl"/>

<xsl:template match="page" mode="body">
  <table>
    <colgroup><col style="width:15%"/><col style="width:35%"/><col style="width:15%"/><col style="width:35%"/></colgroup>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">受理日期</xsl:with-param><xsl:with-param name="en">Taken in</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="received_at" mode="time"/></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">开单人</xsl:with-param><xsl:with-param name="en">Issued by</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="recorder" mode="person"/></td>
    </tr>
    <xsl:call-template name="contact-rows"/>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">服务部门</xsl:with-param><xsl:with-param name="en">Department</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="department" mode="word"/></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">服务工程师</xsl:with-param><xsl:with-param name="en">Engineer</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="handler" mode="person"/></td>
    </tr>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">派出日期</xsl:with-param><xsl:with-param name="en">Sent</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="handed_over_at" mode="time"/></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">预约时间</xsl:with-param><xsl:with-param name="en">Appointment</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="expected_at" mode="time"/></td>
    </tr>
    <xsl:if test="types/item[chosen = 'true']">
      <tr>
        <xsl:call-template name="th"><xsl:with-param name="zh">服务类型</xsl:with-param><xsl:with-param name="en">Kind of service</xsl:with-param></xsl:call-template>
        <td colspan="3"><xsl:call-template name="ticks"><xsl:with-param name="of" select="types/item"/></xsl:call-template></td>
      </tr>
    </xsl:if>
    <xsl:call-template name="field-rows"/>
  </table>
  <xsl:call-template name="details"/>
  <xsl:if test="plans/item/measures">
    <xsl:call-template name="text">
      <xsl:with-param name="zh">服务内容及准备</xsl:with-param>
      <xsl:with-param name="en">What is to be done</xsl:with-param>
      <xsl:with-param name="value" select="plans/item[last()]/measures"/>
    </xsl:call-template>
  </xsl:if>

  <xsl:call-template name="progress">
    <xsl:with-param name="zh">现场服务过程</xsl:with-param>
    <xsl:with-param name="en">Work on site</xsl:with-param>
    <xsl:with-param name="rows" select="5"/>
  </xsl:call-template>

  <xsl:if test="steps/item">
    <section>
      <xsl:call-template name="heading"><xsl:with-param name="zh">服务步骤</xsl:with-param><xsl:with-param name="en">Steps</xsl:with-param></xsl:call-template>
      <xsl:call-template name="steps"><xsl:with-param name="of" select="steps/item"/></xsl:call-template>
    </section>
  </xsl:if>

  <section>
    <xsl:call-template name="heading"><xsl:with-param name="zh">服务结果</xsl:with-param><xsl:with-param name="en">Result</xsl:with-param></xsl:call-template>
    <div class="box tall">
      <div class="text"><xsl:value-of select="result"/></div>
      <xsl:for-each select="signatures/item[(signature/name = 'engineer' or signature/name = 'customer') and note]">
        <div class="text"><xsl:value-of select="note"/></div>
      </xsl:for-each>
      <xsl:call-template name="signed">
        <xsl:with-param name="name">engineer</xsl:with-param>
        <xsl:with-param name="zh">工程师签名</xsl:with-param>
        <xsl:with-param name="en">Engineer</xsl:with-param>
      </xsl:call-template>
    </div>
    <xsl:call-template name="opinion"/>
    <div class="box signs">
      <xsl:call-template name="signed">
        <xsl:with-param name="name">customer</xsl:with-param>
        <xsl:with-param name="zh">客户签名（盖章）</xsl:with-param>
        <xsl:with-param name="en">The customer's signature</xsl:with-param>
      </xsl:call-template>
      <xsl:for-each select="signatures/item[signature/name != 'engineer' and signature/name != 'customer' and done = 'true']">
        <xsl:if test="note"><div class="text"><xsl:value-of select="note"/></div></xsl:if>
        <xsl:call-template name="signature">
          <xsl:with-param name="zh" select="signature/zh"/>
          <xsl:with-param name="en" select="signature/en"/>
          <xsl:with-param name="who" select="who"/>
          <xsl:with-param name="role" select="role"/>
          <xsl:with-param name="at" select="at"/>
        </xsl:call-template>
      </xsl:for-each>
    </div>
    <table>
      <colgroup><col style="width:15%"/><col style="width:35%"/><col style="width:15%"/><col style="width:35%"/></colgroup>
      <tr>
        <xsl:call-template name="th"><xsl:with-param name="zh">完成时间</xsl:with-param><xsl:with-param name="en">Finished</xsl:with-param></xsl:call-template>
        <td><xsl:apply-templates select="solved_at" mode="time"/></td>
        <xsl:call-template name="th"><xsl:with-param name="zh">归档时间</xsl:with-param><xsl:with-param name="en">Filed</xsl:with-param></xsl:call-template>
        <td><xsl:apply-templates select="closed_at" mode="time"/></td>
      </tr>
    </table>
  </section>
</xsl:template>

</xsl:stylesheet>
